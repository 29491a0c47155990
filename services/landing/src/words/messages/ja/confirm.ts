import type { Translation } from '../../translation.ts';
import type { confirm as source } from '../en/confirm.ts';

export const confirm = {
  'confirm.title': 'ご購入内容の確認',
  'confirm.titleLink': 'サブスクリプションの関連付け',
  'confirm.lead':
    'Microsoft から {product} を購入されました。内容をご確認ください。課金は、お客様が確認した後に開始されます。',
  'confirm.leadLink':
    'このサブスクリプションは有効です。アカウントに関連付けると、ご利用いただけます。',
  'confirm.failedBefore':
    '前回のアクティブ化は完了せず、課金もされていません。もう一度確認できます。',
  'confirm.submit': '確認してアクティブ化',
  'confirm.submitLink': '自分のアカウントに関連付ける',
  'confirm.noteLink': 'プランと価格は変わりません。',
  'confirm.note':
    '続いて、Microsoft にサブスクリプションのアクティブ化を依頼します。通常は 2 分以内に完了します。確認されない購入は、30 日後に Microsoft によって取り消され、課金されることはありません。',
  'confirm.daysLeft':
    '{days, plural, =0 {確認できるのは本日までです。} other {確認の期限まで残り # 日です。}}',
  'confirm.email': '連絡先メール アドレス',
  'confirm.emailOfCustomer': 'お客様企業の連絡先メール アドレス',
  'confirm.emailHelp':
    'このサブスクリプションに関するご連絡に使用します。サインイン名ではありません。',
  'confirm.emailProblem': 'name@example.com のような形式でメール アドレスを入力してください。',
  'confirm.forCustomer':
    '購入したパートナーとしてサインインしています。このサブスクリプションはお客様企業のためのもので、パートナーではなくお客様企業に帰属します。',
  'confirm.customer': 'お客様企業:',
  'confirm.ownerUnknown':
    'この購入がどの組織のものか Microsoft から通知されていないため、お客様の組織のものか確認できません。',
  'confirm.onBehalf': 'このお客様企業の代理として設定します。',
  'confirm.entitled': '私は自分の組織のために設定する権限を持っています。',
  'confirm.tickProblem': '続行する前に、この項目を確認してください。',
} as const satisfies Translation<typeof source>;
