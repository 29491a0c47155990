/** A translation of an area's messages: the same keys, neither fewer nor more. */
export type Translation<Source extends object> = { readonly [Key in keyof Source]: string };
