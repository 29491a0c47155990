import { useState } from 'react';
import { api } from '../../api/client.ts';
import type { Plan } from '../../api/catalogue.ts';
import { useCommand } from '../../api/command.ts';
import { useRefusal } from '../../app/session.ts';
import { Tag } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { CommandDialog } from '../../parts/dialogs.tsx';
import { SwitchField, TextField } from '../../parts/fields.tsx';
import { money, t } from '../../words/words.ts';
import { wordFor } from '../../words/word-for.ts';
import { quantity } from '../usage/quantity.ts';

type Term = Plan['terms'][number];
type Line = Term['included'][number];

interface Place {
  readonly plan: Plan;
  readonly termUnit: string;
  readonly line: Line;
}

/** What the price of each term includes, from Microsoft or as the publisher set it. */
export function Included({ plan }: { readonly plan: Plan }) {
  const [changing, setChanging] = useState<Place>();
  const [ending, setEnding] = useState<Place>();
  const refusal = useRefusal('dimensions:write');
  const lines = plan.terms.flatMap((term) =>
    term.included.map((line) => ({ plan, term, termUnit: term.termUnit, line })),
  );
  return (
    <>
      <ul className="plain-list">
        {plan.terms.map(({ termUnit, price, currency }) => (
          <li key={termUnit}>
            <span>{wordFor('catalogue.term', termUnit)}</span>
            <span>
              {price === undefined || currency === undefined
                ? t('catalogue.price.unknown')
                : money(price, currency)}
            </span>
          </li>
        ))}
      </ul>
      {lines.length > 0 && (
        // It scrolls on narrow screens, so the keyboard has to reach it.
        <div
          className="table-scroll"
          tabIndex={0}
          role="group"
          aria-label={t('catalogue.included')}
        >
          <table className="table-plain" aria-label={t('catalogue.included')}>
            <thead>
              <tr>
                <th>{t('catalogue.dimension')}</th>
                <th>{t('catalogue.term')}</th>
                <th className="end">{t('catalogue.included')}</th>
                <th>{t('catalogue.source')}</th>
                <th>
                  <span className="visually-hidden">{t('parts.moreActions')}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {lines.map((place) => (
                <tr key={`${place.termUnit} ${place.line.dimension}`}>
                  <th scope="row">
                    <code>{place.line.dimension}</code>
                  </th>
                  <td>{wordFor('catalogue.term', place.termUnit)}</td>
                  <td className="end">{includedWords(place.line.quantity)}</td>
                  <td>
                    <Source line={place.line} />
                  </td>
                  <td className="end">
                    <div className="row row-end">
                      <Button isSmall onPress={() => setChanging(place)} refusal={refusal}>
                        {t('catalogue.override')}
                      </Button>
                      {place.line.source === 'override' && (
                        <Button isSmall onPress={() => setEnding(place)} refusal={refusal}>
                          {t('catalogue.override.end')}
                        </Button>
                      )}
                    </div>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {changing && <PutDialog place={changing} onClose={() => setChanging(undefined)} />}
      {ending && <EndDialog place={ending} onClose={() => setEnding(undefined)} />}
    </>
  );
}

export function includedWords(included: string | null | undefined): string {
  if (included === undefined) return t('catalogue.included.unknown');
  return included === null ? t('catalogue.included.unlimited') : quantity(included);
}

function Source({ line }: { readonly line: Line }) {
  if (line.source === undefined) return <Tag tone="warn">{t('catalogue.source.none')}</Tag>;
  if (line.source === 'microsoft') return <>{t('catalogue.source.microsoft')}</>;
  return (
    <div className="two-lines">
      <span>{t('catalogue.source.override')}</span>
      <small>{t('catalogue.source.instead', { quantity: includedWords(line.microsoft) })}</small>
    </div>
  );
}

function targetOf({ plan, termUnit, line }: Place) {
  const { publisherId, offerId, planId } = plan;
  return { publisherId, offerId, planId, termUnit, dimension: line.dimension };
}

function PutDialog({ place, onClose }: { readonly place: Place; readonly onClose: () => void }) {
  const { line, termUnit, plan } = place;
  const [units, setUnits] = useState(line.quantity ?? '');
  const [isUnlimited, setUnlimited] = useState(line.quantity === null);
  const put = useCommand(
    {
      run: api.overrides.put.mutate,
      changes: ['catalogue', 'overrides', 'usage'],
      done: ({ warnings }) => [t('catalogue.override.saved'), ...warnings].join(' '),
    },
    'shown',
  );
  return (
    <CommandDialog
      title={t('catalogue.override.title')}
      about={
        <>
          <p>
            {t('catalogue.override.about', {
              dimension: line.dimension,
              plan: plan.displayName ?? plan.planId,
              term: wordFor('catalogue.term', termUnit),
            })}
          </p>
          <p className="muted">{t('catalogue.override.from')}</p>
        </>
      }
      confirm={t('parts.save')}
      isOpen
      onClose={onClose}
      command={put}
      input={() =>
        isUnlimited || units.trim() !== ''
          ? { ...targetOf(place), included: isUnlimited ? null : units.trim() }
          : undefined
      }
    >
      <TextField
        label={t('catalogue.included')}
        hint={t('catalogue.override.units')}
        value={units}
        onChange={setUnits}
        isDisabled={isUnlimited}
        autoFocus
      />
      <SwitchField
        label={t('catalogue.included.unlimited')}
        hint={t('catalogue.override.unlimited')}
        isOn={isUnlimited}
        onChange={setUnlimited}
      />
    </CommandDialog>
  );
}

function EndDialog({ place, onClose }: { readonly place: Place; readonly onClose: () => void }) {
  const remove = useCommand(
    {
      run: api.overrides.remove.mutate,
      changes: ['catalogue', 'overrides', 'usage'],
      done: ({ removed }) => t(removed ? 'catalogue.override.ended' : 'catalogue.override.wider'),
    },
    'shown',
  );
  const target = targetOf(place);
  return (
    <CommandDialog
      title={t('catalogue.override.end')}
      about={
        <p>
          {t('catalogue.override.end.about', {
            quantity: includedWords(place.line.microsoft),
          })}
        </p>
      }
      confirm={t('catalogue.override.end')}
      isOpen
      onClose={onClose}
      command={remove}
      isDanger
      input={() => ({ ...target, dryRun: false })}
      dryRun={{
        key: ['overrides.remove', target],
        ask: (options) => api.overrides.remove.mutate({ ...target, dryRun: true }, options),
        show: ({ was }) => (
          <p>
            {was === undefined
              ? t('catalogue.override.wider')
              : t('catalogue.override.was', { quantity: includedWords(was.included) })}
          </p>
        ),
      }}
    />
  );
}
