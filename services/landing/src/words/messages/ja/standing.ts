import type { Translation } from '../../translation.ts';
import type { standing as source } from '../en/standing.ts';

export const standing = {
  'standing.active': 'サブスクリプションは有効です',
  'standing.byPartner':
    'パートナーがお客様のために購入しました。プランやライセンス数の変更、解約は、パートナーに依頼してください。',
  'standing.whereBought':
    'プランやライセンス数の変更、解約は、購入した場所 (<azure>Azure portal</azure> または <admin>Microsoft 365 管理センター</admin>) で行ってください。',
  'standing.suspended': 'お支払いが完了していません',
  'standing.suspendedLead':
    'Microsoft がお支払いを処理できなかったため、このサブスクリプションは一時停止されています。<b>データは安全に保管されています。</b>お支払いが完了すると、元どおり利用できます。',
  'standing.suspendedEnds':
    'お支払いがない場合、Microsoft は一時停止から {days} 日後にサブスクリプションを完全に終了します。',
  'standing.suspendedEndsOn':
    'お支払いがない場合、Microsoft は一時停止から {days} 日後 (<b>{date}</b> ごろ) にサブスクリプションを完全に終了します。',
  'standing.askPartner':
    'パートナーがお客様のために購入しました。お支払いについては、パートナーに依頼してください。',
  'standing.settle': 'Microsoft で支払う',
  'standing.adminCenter': 'Microsoft 365 管理センター',
  'standing.ended': 'このサブスクリプションは終了しました',
  'standing.endedLead':
    '再開することはできません。{product} を再び利用するには、新しいサブスクリプションを購入してください。',
  'standing.buyAgain': 'もう一度購入する',
  'standing.endedSubscription': '終了したサブスクリプション',
  'standing.endedOn': '終了日',
  'standing.endedWhy': '理由',
  'standing.why.cancelledBy': '{name} による解約',
  'standing.why.cancelled': 'サブスクリプションのページで解約',
  'standing.why.bySeller': '提供元による解約',
  'standing.why.payment': 'お支払いが完了しなかったため',
  'standing.why.notRenewed': '自動更新がオフの状態で契約期間が終了したため',
  'standing.why.notActivated': '購入がアクティブ化されなかったため',
  'standing.why.elsewhere': '購入した場所での解約、または Microsoft による終了',
  'standing.endedData': 'データがまだ必要な場合は、お早めにサポートにお問い合わせください。',
  'standing.endedDataUntil':
    'データは{date}まで保持され、その後消去されます。まだ必要な場合は、それまでにサポートにお問い合わせください。',
  'standing.preparing': '購入の準備を進めています',
  'standing.preparingLead':
    'Microsoft の処理がまだ完了していません。このページは自動的に更新されるため、操作は必要ありません。',
  'standing.lookAgain': '今すぐ確認する',
  'standing.stranger': 'この購入は別の組織のものです',
  'standing.strangerLead':
    'サインイン中のアカウントは、この購入を行ったものでも、購入の対象でもありません。所有者を保護するため、詳細は表示されません。何も変更されていません。',
  'standing.strangerNote':
    '同僚やパートナーからリンクを受け取った場合は、対象の組織の方に開いてもらう必要があります。',
} as const satisfies Translation<typeof source>;
