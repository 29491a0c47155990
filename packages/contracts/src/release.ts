import manifest from '../package.json' with { type: 'json' };

/** The release of this code. All packages have the same version. */
export const RELEASE = manifest.version;
