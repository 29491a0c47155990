import type { Language } from '@landfall/words/language';
import type { DraftQuestion } from '../../api/offer-pages.ts';
import { Button } from '../../parts/button.tsx';
import { SelectField, SwitchField, TextField } from '../../parts/fields.tsx';
import { t } from '../../words/words.ts';
import { withField, type DraftProps } from './place.ts';

const kinds = ['text', 'choice', 'number', 'check', 'email'] as const;
type Choice = NonNullable<DraftQuestion['choices']>[number];

/** The questions, with their words in the language of the preview. */
export function Questions({
  draft,
  onChange,
  problems,
  isDisabled,
  language,
}: DraftProps & { readonly language: Language }) {
  const { questions } = draft;
  const setAll = (changed: DraftQuestion[] | undefined) =>
    onChange(withField(draft, 'questions', changed) ?? {});
  const list = questions ?? [];
  const setOne = (at: number, question: DraftQuestion) => setAll(list.with(at, question));
  const mode = questions === undefined ? 'above' : 'own';
  return (
    <div className="stack">
      <SelectField
        label={t('pages.questions')}
        hint={t('pages.questions.hint')}
        value={mode}
        options={[
          { value: 'above', label: t('pages.questions.above') },
          { value: 'own', label: t('pages.questions.own') },
        ]}
        isDisabled={isDisabled}
        onChange={(value) => setAll(value === 'above' ? undefined : list)}
      />
      {list.map((question, at) => (
        <QuestionFields
          // A question has no identity but its place: its id changes while it is typed.
          // oxlint-disable-next-line react/no-array-index-key
          key={at}
          question={question}
          language={language}
          isDisabled={isDisabled}
          error={(field) => problems.get(`questions[${at}].${field}`)}
          onChange={(changed) => setOne(at, changed)}
          onUp={
            at === 0
              ? undefined
              : () => setAll(list.toSpliced(at, 1).toSpliced(at - 1, 0, question))
          }
          onRemove={() => setAll(list.toSpliced(at, 1))}
        />
      ))}
      {mode === 'own' && (
        <Button
          icon="plus"
          isDisabled={isDisabled}
          onPress={() =>
            setAll([...list, { id: `question${list.length + 1}`, kind: 'text', label: {} }])
          }
        >
          {t('pages.questions.add')}
        </Button>
      )}
    </div>
  );
}

function QuestionFields({
  question,
  language,
  isDisabled,
  error,
  onChange,
  onUp,
  onRemove,
}: {
  readonly question: DraftQuestion;
  readonly language: Language;
  readonly isDisabled: boolean;
  readonly error: (field: string) => string | undefined;
  readonly onChange: (question: DraftQuestion) => void;
  readonly onUp: (() => void) | undefined;
  readonly onRemove: () => void;
}) {
  const { id, kind, label, help, required = false, choices = [] } = question;
  const { choices: _, ...withoutChoices } = question;
  const labelError = error('label') ?? error(`label.${language}`);
  return (
    <fieldset className="field-group" disabled={isDisabled}>
      <legend>{label[language] ?? id}</legend>
      <div className="field-pair">
        <TextField
          label={t('pages.question.label')}
          value={label[language] ?? ''}
          maxLength={200}
          error={labelError}
          isDisabled={isDisabled}
          onChange={(text) =>
            onChange({ ...question, label: withField(label, language, text) ?? {} })
          }
        />
        <TextField
          label={t('pages.question.help')}
          value={help?.[language] ?? ''}
          maxLength={500}
          error={error(`help.${language}`) ?? error('help')}
          isDisabled={isDisabled}
          onChange={(text) => onChange({ ...question, help: withField(help, language, text) })}
        />
        <TextField
          label={t('pages.question.id')}
          hint={t('pages.question.id.hint')}
          value={id}
          maxLength={50}
          isMono
          error={error('id')}
          isDisabled={isDisabled}
          onChange={(text) => onChange({ ...question, id: text })}
        />
        <SelectField
          label={t('pages.question.kind')}
          value={kind}
          options={kinds.map((value) => ({ value, label: t(`pages.kind.${value}`) }))}
          isDisabled={isDisabled}
          onChange={(value) => {
            const changed = { ...withoutChoices, kind: value as DraftQuestion['kind'] };
            onChange(value === 'choice' ? { ...changed, choices } : changed);
          }}
        />
      </div>
      {kind === 'choice' && (
        <TextField
          label={t('pages.question.choices')}
          hint={t('pages.question.choices.hint')}
          value={choices.map((choice) => lineOf(choice, language)).join('\n')}
          rows={4}
          isMono
          error={error('choices')}
          isDisabled={isDisabled}
          onChange={(text) =>
            onChange({ ...question, choices: choicesIn(text, choices, language) })
          }
        />
      )}
      <SwitchField
        label={t('pages.question.required')}
        isOn={required}
        isDisabled={isDisabled}
        onChange={(isOn) => onChange({ ...question, required: isOn })}
      />
      <div className="row">
        {onUp && (
          <Button isSmall icon="up" isDisabled={isDisabled} onPress={onUp}>
            {t('pages.question.up')}
          </Button>
        )}
        <Button isSmall look="quiet" icon="close" isDisabled={isDisabled} onPress={onRemove}>
          {t('pages.question.remove')}
        </Button>
      </div>
    </fieldset>
  );
}

function lineOf({ value, label }: Choice, language: Language): string {
  const text = label[language];
  return text === undefined ? value : `${value}=${text}`;
}

/** A line is `value=label`. The labels in other languages stay with their value. */
function choicesIn(text: string, before: readonly Choice[], language: Language): Choice[] {
  if (text === '') return [];
  return text.split('\n').map((line) => {
    const [value = '', ...rest] = line.split('=');
    const { [language]: _, ...others } = before.find((one) => one.value === value)?.label ?? {};
    return { value, label: rest.length === 0 ? others : { ...others, [language]: rest.join('=') } };
  });
}
