import type { ReactNode } from 'react';
import { Tab, TabList, TabPanel, Tabs as AriaTabs } from 'react-aria-components';
import { Count } from './badge.tsx';

export interface TabSpec<Key extends string> {
  readonly key: Key;
  readonly label: string;
  readonly count?: number | undefined;
  readonly content: ReactNode;
}

/** Only the open tab is rendered. Keep `value` in the URL, so that a link leads to the tab. */
export function Tabs<Key extends string>({
  label,
  tabs,
  value,
  onChange,
}: {
  readonly label: string;
  readonly tabs: readonly TabSpec<Key>[];
  readonly value: Key;
  readonly onChange: (key: Key) => void;
}) {
  return (
    <AriaTabs
      className="tabs"
      selectedKey={value}
      onSelectionChange={(key) => onChange(key as Key)}
      keyboardActivation="manual"
    >
      <TabList aria-label={label} className="tab-list">
        {tabs.map((tab) => (
          <Tab key={tab.key} id={tab.key} className="tab">
            {tab.label}
            {tab.count !== undefined && <Count value={tab.count} />}
          </Tab>
        ))}
      </TabList>
      {tabs.map((tab) => (
        <TabPanel key={tab.key} id={tab.key} className="tab-panel">
          {tab.content}
        </TabPanel>
      ))}
    </AriaTabs>
  );
}
