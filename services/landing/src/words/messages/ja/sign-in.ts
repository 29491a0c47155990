import type { Translation } from '../../translation.ts';
import type { signIn as source } from '../en/sign-in.ts';

export const signIn = {
  'signIn.notCompleted': 'サインインが完了しませんでした',
  'signIn.notCompletedLead':
    'キャンセルされたか、組織で新しいアプリに管理者の承認が必要です。ご購入の情報は保持されています。開いてから 24 時間以内であれば、いつでも戻ることができます。',
  'signIn.tryAgain': 'もう一度試す',
  'signIn.otherAccount': '別のアカウントを使用する',
  'signIn.forAdmin': '管理者の方へ',
  'signIn.scopes':
    'ユーザーのサインインと、基本プロファイル (<code>{scopes}</code>) の読み取りを行います。組織のデータへのアクセスは求めません。',
  'signIn.applicationId': 'アプリケーション ID: <code>{id}</code>',
  'signIn.approve': '<link>組織全体に対して承認する</link> (管理者のみ)',
  'signIn.again': 'もう一度サインインしてください',
  'signIn.againLead':
    'サインインに時間がかかりすぎたか、別のブラウザーで開始されました。ご購入には影響ありません。',
  'signIn.signIn': 'サインイン',
  'signIn.againCookies':
    '繰り返し発生する場合は、ブラウザーがこのサイトの Cookie をブロックしている可能性があります。Cookie を許可するか、別のブラウザーを使用してください。',
  'signIn.cookies': 'ブラウザーが Cookie をブロックしています',
  'signIn.cookiesLead':
    'Cookie は、サインインとご購入情報の保持のために必要です。広告には使用しません。<b>{host}</b> の Cookie を許可するか、別のブラウザーまたはプライベートではないウィンドウを使用してください。',
  'signIn.cookiesNote':
    'ご購入には影響ありません。Cookie を許可した後、購入した場所からもう一度開いてください。',
  'signIn.as': '<b>{who}</b> としてサインインしています。',
  'signIn.personalLead':
    'これは個人用アカウントです。組織の一員として購入した場合は、その組織にサインインしてください。同じメール アドレスを使用できます。',
  'signIn.memberLead':
    'お使いのアカウントがこの購入の対象となる組織にも属している場合は、その組織にサインインしてください。',
  'signIn.guestLead':
    'この購入の対象となる組織では、ゲストとして登録されています。組織のメンバーに設定を依頼してください。',
  'signIn.organisation': 'その組織にサインインする',
} as const satisfies Translation<typeof source>;
