import type { Translation } from '../../translation.ts';
import type { guide as source } from '../en/guide.ts';

export const guide = {
  'guide.title': 'ご購入の設定',
  'guide.lead':
    '{product} を設定するには、購入した場所から開いてください。そのリンクによって、どの購入がお客様のものかわかります。',
  'guide.signIn': 'サインインして購入内容を表示する',
  'guide.expired': 'このリンクは使用できなくなりました',
  'guide.expiredLead':
    'Microsoft のリンクの有効期間は 24 時間です。ご購入には影響ありません。もう一度開くと、新しいリンクが発行されます。',
  'guide.confirming': 'ご購入を確認しています',
  'guide.confirmingLead':
    'Microsoft でのご購入をまだ確認できていません。引き続き確認します。このページを開いたままにするか、24 時間以内にもう一度お越しください。',
  'guide.unconfirmed': 'ご購入を確認できませんでした',
  'guide.unconfirmedLead':
    'Microsoft がこのリンクを認識していません。ご購入には影響ありません。もう一度開くと、新しいリンクが発行されます。このページを開いている間は、現在のリンクの確認も続けます。',
  'guide.inAzure': 'Azure portal の場合',
  'guide.azure.open': '<link>portal.azure.com</link> で <b>SaaS</b> を開きます。',
  'guide.choose': 'サブスクリプションを選択します。',
  'guide.azure.configure':
    '<b>今すぐアカウントを構成する</b>または<b>アカウントの管理</b>を選択します。',
  'guide.inAdminCenter': 'Microsoft 365 管理センターの場合',
  'guide.admin.open':
    '<link>admin.microsoft.com</link> で<b>課金情報</b>、<b>お使いの製品</b>の順に開きます。',
  'guide.admin.configure': '<b>アカウントの構成</b>または<b>アカウントの管理</b>を選択します。',
} as const satisfies Translation<typeof source>;
