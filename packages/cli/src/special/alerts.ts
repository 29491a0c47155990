import { Command } from 'commander';
import { printRecord } from '../output/print.ts';
import { plain, showCell } from '../output/values.ts';
import { addGlobalOptions, callApi, globalsOf, openApi, type Session } from '../session.ts';

interface Alert {
  readonly alert: string;
  readonly service: string;
  readonly severity: string;
  readonly since: string;
  readonly value: number;
  readonly unit: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly meaning: string;
  readonly nextStep: string;
  /** Absent from a gateway before 0.3.0. */
  readonly incidentPage?: string;
}

interface Answer {
  readonly firing: readonly Alert[];
  readonly services: readonly { readonly service: string; readonly answers: boolean }[];
}

/** `alerts list`: each alert with its next step and its incident page, which a table would cut off. */
export function alertsCommand(session: Session): Command {
  const { terminal } = session;
  const summary = 'Active alerts of all services, and whether each service answers.';
  const command = new Command('list').summary(summary).description(summary);
  addGlobalOptions(command);
  command.action(async () => {
    const globals = globalsOf(command);
    const api = openApi(session, globals);
    const answer = (await callApi(session, api, { name: 'alerts.list', input: {} })) as Answer;
    if (globals.json || globals.jsonl) return await printRecord(answer, globals, terminal);
    for (const alert of answer.firing) {
      const colour = alert.severity === 'critical' ? 'red' : 'yellow';
      await terminal.print(`${terminal.style(colour, alert.severity)} ${plain(alert.alert)}`);
      for (const line of linesOf(alert)) await terminal.print(`  ${line}`);
      await terminal.print('');
    }
    if (answer.firing.length === 0) await terminal.print('No alert is active.');
    const silent = answer.services.filter(({ answers }) => !answers);
    await terminal.print(
      silent.length === 0
        ? 'Every service answers.'
        : `No answer from ${silent.map(({ service }) => plain(service)).join(', ')}.`,
    );
  });
  return new Command('alerts').description('Active alerts.').addCommand(command);
}

/** A yes-no alert needs no number, and a count needs no unit. */
function amountOf({ value, unit }: Alert): string {
  if (unit === 'yes-no') return '';
  const rounded = Math.round(value * 100) / 100;
  return unit === 'count' ? `, ${rounded}` : `, ${rounded} ${plain(unit)}`;
}

function linesOf(alert: Alert): string[] {
  const { service, since, labels, meaning, nextStep, incidentPage } = alert;
  const facts = Object.entries(labels).map(([name, text]) => `, ${name}: ${plain(text)}`);
  const lines = [
    `${plain(service)}, since ${showCell(since)}${amountOf(alert)}${facts.join('')}`,
    plain(meaning),
    `Next step: ${plain(nextStep)}`,
    incidentPage !== undefined && `Causes and fixes: ${plain(incidentPage)}`,
  ];
  return lines.filter((line) => line !== false);
}
