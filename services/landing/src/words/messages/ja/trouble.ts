import type { Translation } from '../../translation.ts';
import type { trouble as source } from '../en/trouble.ts';

export const trouble = {
  'trouble.unavailable': 'しばらくお待ちください',
  'trouble.unavailableLead':
    '現在、必要なサービスに接続できません。ご購入の情報は保持されています。',
  'trouble.retriesItself': 'このページは自動的に再試行します。',
  'trouble.tryNow': '今すぐもう一度試す',
  'trouble.broken': '当社側で問題が発生しました',
  'trouble.brokenLead':
    'ご購入には影響ありません。もう一度お試しください。問題が続く場合は、サポートにお問い合わせください。',
  'trouble.tryAgain': 'もう一度試す',
  'trouble.notFound': 'ページが見つかりません',
  'trouble.notFoundLead':
    'ページが存在しないか、アクセス権がない可能性があります。ご自身のページの場合は、以前使用したアカウントでサインインしてください。',
  'trouble.toPurchase': 'ご購入内容へ移動',
  'trouble.otherAccount': '別のアカウントを使用する',
  'trouble.formRefused': 'このフォームは送信されませんでした',
  'trouble.formRefusedLead':
    '何も変更されていません。フォームを開いた後にアカウントを切り替えたか、フォームが当社のページのものではない可能性があります。',
  'trouble.openAgain': 'もう一度開く',
} as const satisfies Translation<typeof source>;
