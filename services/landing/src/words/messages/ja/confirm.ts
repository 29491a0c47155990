import type { Translation } from '../../translation.ts';
import type { confirm as source } from '../en/confirm.ts';

export const confirm = {
  'confirm.title': 'ご購入内容の確認',
  'confirm.titleLink': 'サブスクリプションの関連付け',
  'confirm.lead':
    'ご注文の内容を確認し、確定すると {product} がアクティブ化されます。それまで課金されることはありません。',
  'confirm.leadLink':
    'このサブスクリプションは既に有効です。アカウントに関連付けると、{product} をご利用いただけます。',
  'confirm.failedBefore':
    '前回のアクティブ化は完了せず、課金もされていません。もう一度確定できます。',
  'confirm.restored':
    'このフォームはまだ送信されていません。入力内容は残っていますので、確認のうえ確定してください。',
  'confirm.submit': '確定してアクティブ化',
  'confirm.submitLink': '自分のアカウントに関連付ける',
  'confirm.noteLink': 'プランと価格は変わりません。',
  'confirm.note':
    'その後、Microsoft がサブスクリプションをアクティブ化します。通常は 2 分以内に完了します。',
  'confirm.deadline':
    '{date}までに確定してください。それ以降は Microsoft が購入を取り消し、課金されることはありません。',
  'confirm.email': '連絡先メール アドレス',
  'confirm.emailOfCustomer': 'お客様企業の連絡先メール アドレス',
  'confirm.emailHelp':
    'このサブスクリプションに関するご連絡に使用します。サインインには使用しません。',
  'confirm.emailProblem': 'name@example.com のような形式でメール アドレスを入力してください。',
  'confirm.forCustomer':
    'この購入を行ったパートナーとしてサインインしています。このサブスクリプションは、パートナーの組織ではなく、お客様企業の組織に帰属します。',
  'confirm.customer': 'お客様企業:',
  'confirm.ownerUnknown':
    'この購入がどの組織のものか Microsoft から通知されていないため、お客様の組織のものか確認できません。',
  'confirm.onBehalf': 'このお客様企業の代理として設定します。',
  'confirm.entitled': '自分の組織のために設定する権限があります。',
  'confirm.tickProblem': '続行するには、このチェック ボックスをオンにしてください。',
} as const satisfies Translation<typeof source>;
