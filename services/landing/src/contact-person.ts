/** Who is told to the worker as the customer: tenant and object id are the key, e-mail is contact. */
export interface ContactPerson {
  readonly tenantId?: string | undefined;
  readonly objectId?: string | undefined;
  readonly emailId?: string | undefined;
}
