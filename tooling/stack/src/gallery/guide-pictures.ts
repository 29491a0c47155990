/** A picture in `docs/pictures/`, made by `npm run screenshots -- --guides`. */
export interface GuidePicture {
  /** Name of the state in the gallery. */
  readonly state: string;
  /** File name below `docs/pictures/`. */
  readonly file: string;
  /** In CSS pixels, if the usual height shows too little or too much. */
  readonly height?: number;
}

/** As wide as a page of documentation shows a picture without shrinking its text much. */
export const guideSize = { width: 1200, height: 760 } as const;

/** Every picture of the guides. */
export const guidePictures: readonly GuidePicture[] = [
  { state: 'console-setup', file: 'setup.png', height: 900 },
  { state: 'console-doctor', file: 'doctor.png' },
  { state: 'confirm-per-seat', file: 'landing-confirm.png', height: 900 },
  { state: 'progress-ready', file: 'landing-ready.png' },
  { state: 'console-health', file: 'health.png' },
];
