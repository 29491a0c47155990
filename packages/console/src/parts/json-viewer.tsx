import { allExpanded, collapseAllNested, JsonView } from 'react-json-view-lite';
import './json.css';

/** Small data is shown at once; of large data the first level. */
const OPEN_LENGTH = 2_000;

const style = {
  container: 'json-view',
  basicChildStyle: 'json-child',
  label: 'json-key',
  clickableLabel: 'json-key',
  nullValue: 'json-other',
  undefinedValue: 'json-other',
  stringValue: 'json-string',
  booleanValue: 'json-other',
  numberValue: 'json-number',
  otherValue: 'json-other',
  punctuation: 'json-mark',
  expandIcon: 'json-fold json-folded',
  collapseIcon: 'json-fold json-open',
  collapsedContent: 'json-collapsed',
  childFieldsContainer: 'json-children',
};

/** Loaded when data is first shown. */
export function JsonViewer({ value, label }: { readonly value: unknown; readonly label: string }) {
  const isObject = typeof value === 'object' && value !== null;
  if (!isObject) return <pre className="json-view">{JSON.stringify(value)}</pre>;
  const isSmall = JSON.stringify(value).length <= OPEN_LENGTH;
  return (
    <JsonView
      data={value}
      aria-label={label}
      style={style}
      shouldExpandNode={isSmall ? allExpanded : collapseAllNested}
    />
  );
}
