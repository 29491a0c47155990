import type { Translation } from '../../translation.ts';
import type { questions as source } from '../en/questions.ts';

export const questions = {
  'questions.title': 'いくつかの質問',
  'questions.optional': '(任意)',
  'questions.choose': '選択してください',
  'questions.problems': '{count, plural, other {確認が必要な項目が # 件あります}}',
  'questions.titleProblem': '入力内容の確認: {title}',
  'questions.missing': 'この質問にお答えください。',
  'questions.chooseOne': '選択肢から 1 つお選びください。',
  'questions.tick': '続行するには、このチェック ボックスをオンにしてください。',
  'questions.unreadable': '改行などの表示されない文字を取り除いてください。',
  'questions.pattern': '指定された形式で入力してください。',
  'questions.short': '{count, plural, other {# 文字以上で入力してください。}}',
  'questions.long': '{count, plural, other {# 文字以内で入力してください。}}',
  'questions.number': '数値を入力してください。',
  'questions.whole': '整数を入力してください。',
  'questions.small': '{limit} 以上の数値を入力してください。',
  'questions.large': '{limit} 以下の数値を入力してください。',
} as const satisfies Translation<typeof source>;
