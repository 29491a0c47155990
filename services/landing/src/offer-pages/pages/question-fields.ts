import { html } from 'hono/html';
import type { Question } from '@landfall/contracts/offer-page';
import type { Frame, Html } from '../../web/pages/frame.ts';
import type { Words } from '../../words/words.ts';
import { fieldOf, longest, TICKED, type AnswerProblem } from '../questions.ts';
import { inLanguage, type OwnText } from '../resolve-page.ts';
import { problemText } from './problems.ts';

export interface Asked {
  readonly question: Question;
  /** The value that was typed, if the form was sent before. */
  readonly value: string;
  readonly problem: AnswerProblem | undefined;
}

/** A publisher's question as a field. Browser and server check answers with the same data. */
export function questionField(frame: Frame, asked: Asked): Html {
  const { question, value, problem } = asked;
  const { words } = frame;
  const id = fieldOf(question);
  const label = ownText(textOf(frame, question.label));
  const help = question.help && textOf(frame, question.help);
  const isCheck = question.kind === 'check';
  const describedBy = [help ? `${id}-help` : '', problem ? `${id}-problem` : ''].filter(Boolean);
  const attributes = html`id="${id}" name="${id}" ${question.required ? 'required' : ''}
  ${describedBy.length > 0 ? html`aria-describedby="${describedBy.join(' ')}"` : ''}
  ${problem ? html`aria-invalid="true"` : ''}
  ${question.autocomplete ? html`autocomplete="${question.autocomplete}"` : ''}`;
  const optional = question.required || isCheck ? '' : optionalMark(words);
  return html`<div class="field">
    ${
      isCheck
        ? html`<label class="tick">
            <input
              type="checkbox"
              value="${TICKED}"
              ${value === TICKED ? 'checked' : ''}
              ${attributes}
            />
            <span>${label}</span>
          </label>`
        : html`<label for="${id}">${label} ${optional}</label> ${
              question.kind === 'choice'
                ? choiceField(frame, { question, value, attributes })
                : html`<input
                    ${inputAttributes(question, help?.text)}
                    value="${value}"
                    ${attributes}
                  />`
            }`
    }
    ${
      problem
        ? html`<p class="problem" id="${id}-problem">${problemText(words, problem, question)}</p>`
        : ''
    }
    ${help ? html`<p class="note" id="${id}-help">${ownText(help)}</p>` : ''}
  </div>`;
}

/** Marks a text in another language than the page's, so that screen readers use that language (WCAG 3.1.2). */
export function ownText({ text, otherLanguage }: OwnText): Html | string {
  return otherLanguage ? html`<span lang="${otherLanguage}">${text}</span>` : text;
}

export function textOf(
  { words, fallbackLanguage }: Frame,
  text: Readonly<Record<string, string>>,
): OwnText {
  const { language } = words;
  return inLanguage(text, { language, fallback: fallbackLanguage ?? language });
}

function optionalMark(words: Words): Html {
  return html`<span class="optional">${words.t('questions.optional')}</span>`;
}

function choiceField(
  frame: Frame,
  { question, value, attributes }: { question: Question; value: string; attributes: Html },
): Html {
  return html`<select ${attributes}>
    <option value="">${frame.words.t('questions.choose')}</option>
    ${question.choices?.map((choice) => {
      const { text, otherLanguage } = textOf(frame, choice.label);
      return html`<option
        value="${choice.value}"
        ${otherLanguage ? html`lang="${otherLanguage}"` : ''}
        ${choice.value === value ? 'selected' : ''}
      >
        ${text}
      </option>`;
    })}
  </select>`;
}

/** Browsers append `title` to their own message if the pattern does not match. */
function inputAttributes(question: Question, help: string | undefined): Html {
  const { kind, min, max, pattern, integer } = question;
  if (kind === 'number') {
    return html`type="number" step="${integer ? '1' : 'any'}"
    ${min === undefined ? '' : html`min="${min}"`} ${max === undefined ? '' : html`max="${max}"`}`;
  }
  return html`type="${kind === 'email' ? 'email' : 'text'}" maxlength="${longest(question)}"
  ${kind === 'text' && min ? html`minlength="${min}"` : ''}
  ${pattern === undefined ? '' : html`pattern="${pattern}" ${help ? html`title="${help}"` : ''}`}`;
}
