/** The narrowest screen that WCAG 2.2 requires (1.4.10, reflow), a tablet and a desktop. */
export const sizes = [
  { name: 'narrow', width: 320, height: 640 },
  { name: 'tablet', width: 768, height: 1024 },
  { name: 'wide', width: 1440, height: 900 },
] as const;
