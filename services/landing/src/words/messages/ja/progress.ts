import type { Translation } from '../../translation.ts';
import type { progress as source } from '../en/progress.ts';

export const progress = {
  'progress.step.recorded': '購入の確認が完了しました',
  'progress.step.space': 'お客様の環境の準備',
  'progress.step.requested': 'Microsoft にアクティブ化を依頼',
  'progress.step.received': 'Microsoft が受け付け',
  'progress.step.confirmed': 'Microsoft が確認',
  'progress.step.ready': 'ご利用可能',
  'progress.step.confirmedReady': 'Microsoft が確認し、ご利用可能',
  'progress.recorded': 'ありがとうございます。処理を開始しています',
  'progress.provisioning': 'お客様の環境を準備しています',
  'progress.requested': 'Microsoft に依頼しています',
  'progress.received': 'Microsoft の確認を待っています',
  'progress.settingUp': 'Microsoft の確認が完了し、環境を準備しています',
  'progress.ready': 'ご利用いただけます',
  'progress.unready': '環境をまだ準備できていません',
  'progress.failed': 'アクティブ化できませんでした',
  'progress.suspended': 'お支払いが確認できません',
  'progress.ended': 'このサブスクリプションは終了しました',
  'progress.done': '(完了)',
  'progress.current': '(進行中)',
  'progress.waiting': '(未着手)',
  'progress.stale': '現在、最新の状況を取得できません。このページは引き続き取得を試みます。',
  'progress.readyLead': '{product} のサブスクリプションは有効です。',
  'progress.readyNote':
    'プラン、ライセンス数、解約は、購入した場所で管理します。そこからこのページに戻ることもできます。',
  'progress.unreadyLead':
    'Microsoft はサブスクリプションを確認しましたが、{product} の環境をまだ準備できていません。この状況は当社に通知されています。準備ができ次第、このページに表示されます。お急ぎの場合は、下記のコードを添えてサポートにお問い合わせください。',
  'progress.suspendedLead':
    'Microsoft がお支払いを処理できなかったため、サブスクリプションは一時停止されています。データは安全に保管されています。',
  'progress.whatToDo': '対処方法',
  'progress.endedLead':
    '解約されたか、アクティブ化されませんでした。今後、課金されることはありません。',
  'progress.buyAgain': 'もう一度購入する',
  'progress.underwayLead':
    '通常は 2 分以内に完了します。このページを閉じて後で戻っても、処理は続きます。',
  'progress.slow':
    '通常より時間がかかっています。処理は続いており、失われるものはありません。お問い合わせの際は、下記のコードをサポートにお伝えください。',
  'progress.failedLead': '課金はされていません。今すぐ、何度でもやり直すことができます。',
  'progress.tryAgain': 'もう一度試す',
  'progress.failedNote':
    '再び失敗した場合は、下記のコードを添えてサポートにお問い合わせください。サポートで原因を確認できます。30 日以内にアクティブ化されない購入は Microsoft によって取り消され、課金されることはありません。',
} as const satisfies Translation<typeof source>;
