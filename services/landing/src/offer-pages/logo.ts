/** Every visitor loads the logo. A PNG of 400 by 100 pixels has about a tenth of this. */
const MAX_BYTES = 64 * 1024;

export interface Logo {
  readonly bytes: Buffer;
  readonly extension: 'png' | 'webp' | 'svg';
}

export const imageTypes: Readonly<Record<string, string>> = {
  png: 'image/png',
  webp: 'image/webp',
  svg: 'image/svg+xml',
};

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** Detects the type from the bytes only, or says why the logo is refused. */
export function readLogo(base64: string): Logo | { readonly problem: string } {
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length > MAX_BYTES) {
    return { problem: `has ${bytes.length} bytes; the maximum is ${MAX_BYTES}` };
  }
  if (bytes.subarray(0, PNG.length).equals(PNG)) return { bytes, extension: 'png' };
  if (isWebp(bytes)) return { bytes, extension: 'webp' };
  const text = svgText(bytes);
  if (text === undefined) return { problem: 'is neither PNG nor WebP nor SVG' };
  const problem = svgProblem(text);
  return problem ? { problem } : { bytes, extension: 'svg' };
}

function isWebp(bytes: Buffer): boolean {
  return (
    bytes.subarray(0, 4).toString('latin1') === 'RIFF' &&
    bytes.subarray(8, 12).toString('latin1') === 'WEBP'
  );
}

/** A comment cannot contain its own end, so there is only one way to match and it takes linear time. */
const SVG_START = /^\s*(<\?xml [^>]*\?>\s*)?(<!--((?!-->)[\s\S])*-->\s*)*<svg[\s>]/;

/** The text if it is UTF-8 and starts like an SVG, with or without an XML declaration and comments. */
function svgText(bytes: Buffer): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return SVG_START.test(text) ? text : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Pages show an SVG as an image, in which browsers run no script and load nothing. If it is opened as a page,
 * our policy forbids both. SVGs that could do either are refused in addition.
 */
const FORBIDDEN: readonly { readonly form: RegExp; readonly what: string }[] = [
  { form: /<!(doctype|entity)/i, what: 'a document type or entities' },
  { form: /<\?(?!xml )/i, what: 'a processing instruction' },
  { form: /<\?xml [^>]*encoding\s*=\s*["'](?!utf-8["'])/i, what: 'an encoding other than UTF-8' },
  {
    form: /<\s*(\w+:)?(script|foreignobject|iframe|embed|object|audio|video|set|animate\w*|handler|listener)\b/i,
    what: 'a script, foreign or animated element',
  },
  { form: /[\s"'/]on\w+\s*=/i, what: 'an event handler' },
  { form: /(href|src)\s*=(?!\s*["']#)/i, what: 'a reference to external content' },
  { form: /url\((?!\s*["']?#)/i, what: 'a reference to external content' },
  { form: /@import|javascript:|\\/i, what: 'an import or an escaped text' },
];

function svgProblem(text: string): string | undefined {
  const found = FORBIDDEN.find(({ form }) => form.test(text));
  return found && `holds ${found.what}`;
}
