import { MAX_ANSWER_LENGTH, type OfferPage, type Question } from '@landfall/contracts/offer-page';
import { isLanguage, isMessageKey, overrideProblem } from '../words/words.ts';
import { colourProblems } from './colours.ts';
import { patternProblem } from './pattern.ts';

/** `confirmedBy` is the landing page's own answer: it says whether someone else confirmed for the customer. */
const RESERVED_IDS: ReadonlySet<string> = new Set(['confirmedBy']);

/**
 * The problems of a page that its schema cannot detect and that would break a buyer's page. Each one starts
 * with its place, such as `questions[2].pattern`. Empty if the page is valid.
 */
export function pageProblems({ branding, texts, questions = [] }: OfferPage): string[] {
  const { colours, defaultLanguage } = branding ?? {};
  return [
    ...(colours ? colourProblems(colours) : []).map(
      ({ field, message }) => `branding.colours.${field}: ${message}`,
    ),
    ...unknownLanguage('branding.defaultLanguage', defaultLanguage),
    ...textProblems(texts ?? {}),
    ...questions.flatMap((question, index) =>
      questionProblems(question, { at: `questions[${index}]`, defaultLanguage }),
    ),
    ...repeatedIds(questions),
  ];
}

function textProblems(texts: NonNullable<OfferPage['texts']>): string[] {
  const languages = Object.keys(texts);
  return [
    ...languages.flatMap((language) => unknownLanguage(`texts.${language}`, language)),
    ...Object.entries(texts).flatMap(([language, messages]) =>
      Object.entries(messages).flatMap(([key, text]) => {
        const problem = textProblem(key, text);
        return problem ? [`texts.${language}.${key}: ${problem}`] : [];
      }),
    ),
  ];
}

function textProblem(key: string, text: string): string | undefined {
  if (!isMessageKey(key)) return 'is not a known text key';
  if (isBlank(text)) return BLANK;
  const problem = overrideProblem(key, text);
  return problem && TEXT_PROBLEMS[problem];
}

const TEXT_PROBLEMS = {
  unparsable: 'is not a valid ICU message',
  'unknown-value': 'uses a value or a tag that this text does not have',
  'unfit-format':
    'formats a value, or uses plural with a value that is not a number: write only {value}',
} as const;

interface Place {
  readonly at: string;
  readonly defaultLanguage: string | undefined;
}

function questionProblems(question: Question, place: Place): string[] {
  const { id, kind, pattern, choices, min, max, integer } = question;
  const { at } = place;
  const problem = pattern === undefined ? undefined : patternProblem(pattern);
  const isBounded = kind === 'text' || kind === 'number';
  return [
    ...(RESERVED_IDS.has(id) ? [`${at}.id: ${id} is reserved`] : []),
    ...labelProblems(question.label, { ...place, at: `${at}.label` }),
    ...(question.help ? labelProblems(question.help, { ...place, at: `${at}.help` }) : []),
    ...(pattern !== undefined && kind !== 'text'
      ? [`${at}.pattern: only allowed for kind text`]
      : []),
    ...(problem ? [`${at}.pattern: ${problem}`] : []),
    ...(min !== undefined && !isBounded ? [`${at}.min: only allowed for kind text or number`] : []),
    ...(max !== undefined && !isBounded ? [`${at}.max: only allowed for kind text or number`] : []),
    ...(min !== undefined && max !== undefined && min > max ? [`${at}.max: is less than min`] : []),
    ...(kind === 'text' ? lengthProblems(question, at) : []),
    ...(integer !== undefined && kind !== 'number'
      ? [`${at}.integer: only allowed for kind number`]
      : []),
    ...(integer ? fractionProblems(question, at) : []),
    ...choiceProblems(choices, { kind, place }),
  ];
}

function lengthProblems({ min, max }: Question, at: string): string[] {
  return Object.entries({ min, max }).flatMap(([field, value]) =>
    value === undefined || (Number.isInteger(value) && value >= 0 && value <= MAX_ANSWER_LENGTH)
      ? []
      : [`${at}.${field}: must be a whole number from 0 to ${MAX_ANSWER_LENGTH}`],
  );
}

/** Browsers count the steps of a number field from `min`: with a fractional `min`, whole numbers are invalid. */
function fractionProblems({ min = 0, max = 0 }: Question, at: string): string[] {
  return Object.entries({ min, max }).flatMap(([field, value]) =>
    Number.isInteger(value) ? [] : [`${at}.${field}: must be a whole number`],
  );
}

function choiceProblems(
  choices: Question['choices'],
  { kind, place }: { readonly kind: Question['kind']; readonly place: Place },
): string[] {
  const at = `${place.at}.choices`;
  if (kind !== 'choice') return choices ? [`${at}: only allowed for kind choice`] : [];
  if (!choices || choices.length === 0) return [`${at}: required for kind choice`];
  const values = choices.map(({ value }) => value);
  return [
    ...(new Set(values).size === values.length ? [] : [`${at}: contains a value twice`]),
    ...choices.flatMap(({ value, label }, index) => [
      ...(value === value.normalize('NFC').trim() && !/\p{Cc}/u.test(value)
        ? []
        : [
            `${at}[${index}].value: must be one line in Unicode form NFC, without blanks at the ends`,
          ]),
      ...labelProblems(label, { ...place, at: `${at}[${index}].label` }),
    ]),
  ];
}

/** A label needs a text in the page's default language, if the page names one. */
function labelProblems(
  label: Readonly<Record<string, string>>,
  { at, defaultLanguage }: Place,
): string[] {
  const languages = Object.keys(label);
  return [
    ...languages.flatMap((language) => unknownLanguage(`${at}.${language}`, language)),
    ...(languages.length === 0 ? [`${at}: is empty`] : []),
    ...languages.flatMap((one) => (isBlank(label[one]) ? [`${at}.${one}: ${BLANK}`] : [])),
    ...(defaultLanguage && !languages.includes(defaultLanguage)
      ? [`${at}: has no text in the default language ${defaultLanguage}`]
      : []),
  ];
}

/** A blank text would leave a button or a field without a name. */
const BLANK = 'must not be blank';

function isBlank(text = ''): boolean {
  return text.trim() === '';
}

function unknownLanguage(at: string, language: string | undefined): string[] {
  return language === undefined || isLanguage(language)
    ? []
    : [`${at}: ${language} is not a supported language`];
}

/** Two questions may share an id only if no plan asks both. */
function repeatedIds(questions: readonly Question[]): string[] {
  return questions.flatMap(({ id, plans }, index) => {
    const isAsked = (other: Question) =>
      other.id === id && (!plans || !other.plans || other.plans.some((one) => plans.includes(one)));
    return questions.slice(0, index).some(isAsked)
      ? [`questions[${index}].id: ${id} is used twice for the same plan`]
      : [];
  });
}
