/** What the browser's field for a time holds, such as 2026-11-29T18:30, meant as UTC: an entry of the API's input, or none. */
export function utcOf<Key extends string>(key: Key, value: string): { [K in Key]?: string } {
  if (value === '') return {};
  return { [key]: `${value}:00.000Z` } as { [K in Key]: string };
}

/** A time in UTC, because every time of the API and of Microsoft is. Say so in the label. */
export function TimeField({
  label,
  value,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  return (
    <label className="field">
      <span>{label}</span>
      <input
        className="input"
        type="datetime-local"
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
    </label>
  );
}
