import type { Translation } from '../../translation.ts';
import type { progress as source } from '../en/progress.ts';

export const progress = {
  'progress.step.recorded': '購入の確定',
  'progress.step.space.waiting': 'ワークスペースの準備',
  'progress.step.space.current': 'ワークスペースを準備しています',
  'progress.step.space.done': 'ワークスペースの準備が完了しました',
  'progress.step.requested.waiting': 'Microsoft へのアクティブ化の依頼',
  'progress.step.requested.current': 'Microsoft にアクティブ化を依頼しています',
  'progress.step.requested.done': 'Microsoft にアクティブ化を依頼しました',
  'progress.step.confirmed.waiting': 'Microsoft による確認',
  'progress.step.confirmed.current': 'Microsoft の確認を待っています',
  'progress.step.confirmed.done': 'Microsoft の確認が完了しました',
  'progress.step.ready': 'ご利用可能',
  'progress.recorded': 'ありがとうございます。処理を開始しています',
  'progress.provisioning': 'ワークスペースを準備しています',
  'progress.requested': 'サブスクリプションをアクティブ化しています',
  'progress.received': 'Microsoft の確認を待っています',
  'progress.settingUp': 'まもなく完了です。ワークスペースを準備しています',
  'progress.ready': 'ご利用いただけます',
  'progress.unready': 'ワークスペースの準備がまだできていません',
  'progress.failed': 'アクティブ化できませんでした',
  'progress.suspended': 'お支払いが完了していません',
  'progress.ended': 'このサブスクリプションは終了しました',
  'progress.done': '(完了)',
  'progress.current': '(進行中)',
  'progress.waiting': '(未着手)',
  'progress.stale': '現在、最新の状況を取得できません。このページは引き続き取得を試みます。',
  'progress.readyLead': '{product} のサブスクリプションは有効です。',
  'progress.readyNote':
    'プランやライセンス数の変更、解約は、購入した場所で行います。そこからこのページを開き直すこともできます。',
  'progress.unreadyLead':
    'Microsoft はサブスクリプションを確認しましたが、{product} のワークスペースの準備がまだ完了していません。この状況は当社に通知されており、準備ができ次第、このページが更新されます。お急ぎの場合は、下記のコードを添えてサポートにお問い合わせください。',
  'progress.suspendedLead':
    'Microsoft がお支払いを処理できなかったため、サブスクリプションは一時停止されています。データは安全に保管されています。',
  'progress.whatToDo': '対処方法を見る',
  'progress.endedLead':
    '解約されたか、アクティブ化されませんでした。今後、課金されることはありません。',
  'progress.buyAgain': 'もう一度購入する',
  'progress.underwayLead':
    '通常は 2 分以内に完了します。このページを閉じて、後で戻ることもできます。処理はそのまま続きます。',
  'progress.spaceLead':
    '{product} を準備しています。このページを閉じて、後で戻ることもできます。処理はそのまま続きます。',
  'progress.slow':
    '通常より時間がかかっています。処理は続いており、失われるものはありません。このページを閉じて、後で戻ることもできます。ご質問がある場合は、下記のコードをサポートにお伝えください。',
  'progress.failedLead': '課金はされていません。今すぐもう一度お試しいただけます。',
  'progress.tryAgain': 'もう一度試す',
  'progress.failedNote':
    '再び失敗した場合は、下記のコードを添えてサポートにお問い合わせください。原因をお調べします。30 日以内にアクティブ化されない購入は Microsoft によって取り消され、課金されることはありません。',
} as const satisfies Translation<typeof source>;
