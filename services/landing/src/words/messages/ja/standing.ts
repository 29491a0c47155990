import type { Translation } from '../../translation.ts';
import type { standing as source } from '../en/standing.ts';

export const standing = {
  'standing.active': 'サブスクリプションは有効です',
  'standing.byPartner':
    'パートナーがお客様のために購入しました。プラン、ライセンス数、解約の変更はパートナーが行います。',
  'standing.whereBought':
    'プランやライセンス数の変更、解約は、購入した場所 (<azure>Azure portal</azure> または <admin>Microsoft 365 管理センター</admin>) で行ってください。',
  'standing.suspended': 'お支払いが確認できません',
  'standing.suspendedLead':
    'Microsoft がお支払いを処理できなかったため、このサブスクリプションは一時停止されています。<b>データは安全に保管されています。</b>お支払いが完了すると、以前と同じようにご利用いただけます。',
  'standing.suspendedEnds':
    'お支払いがない場合、Microsoft は一時停止から {days} 日後にサブスクリプションを完全に終了します。',
  'standing.suspendedEndsOn':
    'お支払いがない場合、Microsoft は一時停止から {days} 日後 (<b>{date}</b> ごろ) にサブスクリプションを完全に終了します。',
  'standing.askPartner':
    'パートナーがお客様のために購入しました。お支払いについてはパートナーにご依頼ください。',
  'standing.settle': 'Microsoft でお支払いを行う',
  'standing.adminCenter': 'Microsoft 365 管理センター',
  'standing.ended': 'このサブスクリプションは終了しました',
  'standing.endedLead':
    '再開することはできません。{product} を引き続きご利用になる場合は、新たに購入してください。新しいサブスクリプションは、このサブスクリプションとは別のものです。',
  'standing.buyAgain': 'もう一度購入する',
  'standing.endedSubscription': '終了したサブスクリプション',
  'standing.endedData': 'データがまだ必要な場合は、お早めにサポートにお問い合わせください。',
  'standing.endedDataUntil':
    'データは{date}まで保持され、その後消去されます。まだ必要な場合は、それまでにサポートにお問い合わせください。',
  'standing.preparing': '購入の準備を進めています',
  'standing.preparingLead':
    'Microsoft の処理がまだ完了していません。このページは自動的に再確認しますので、お待ちください。',
  'standing.lookAgain': '今すぐ確認する',
  'standing.stranger': 'この購入は別の組織のものです',
  'standing.strangerLead':
    'サインインしているアカウントは、この購入を行ったものでも、購入の対象でもありません。所有者を保護するため、内容は表示されず、何も変更されていません。',
  'standing.strangerNote':
    '同僚やパートナーからリンクを受け取った場合は、購入の対象である組織の方に開いてもらってください。',
} as const satisfies Translation<typeof source>;
