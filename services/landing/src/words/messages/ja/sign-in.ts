import type { Translation } from '../../translation.ts';
import type { signIn as source } from '../en/sign-in.ts';

export const signIn = {
  'signIn.notCompleted': 'サインインが完了しませんでした',
  'signIn.notCompletedLead':
    'キャンセルされたか、組織で新しいアプリケーションに管理者の承認が必要です。ご購入の情報は保持されています。開いてから 24 時間以内であれば、いつでも戻ることができます。',
  'signIn.tryAgain': 'もう一度試す',
  'signIn.otherAccount': '別のアカウントを使用する',
  'signIn.forAdmin': '管理者の方へ',
  'signIn.scopes':
    'ユーザーのサインインと、基本プロファイル (<code>{scopes}</code>) の読み取りのみを行います。組織のデータへのアクセスは要求しません。',
  'signIn.applicationId': 'アプリケーション ID: <code>{id}</code>',
  'signIn.approve': '<link>組織全体に対して承認する</link> (管理者のみ)',
  'signIn.again': 'もう一度サインインしてください',
  'signIn.againLead':
    'サインインに時間がかかりすぎたか、別のブラウザーで開かれました。ご購入には影響ありません。',
  'signIn.signIn': 'サインイン',
  'signIn.againCookies':
    '再び発生する場合は、ブラウザーがこのページの Cookie を保存していない可能性があります。Cookie を許可するか、別のブラウザーを使用してください。',
  'signIn.cookies': 'ブラウザーがこのページの Cookie を保存していません',
  'signIn.cookiesLead':
    'サインインとご購入情報の保持のために、このページの Cookie だけが必要です。広告用の Cookie は使用しません。<b>{host}</b> の Cookie を許可するか、別のブラウザーまたはプライベートではないウィンドウを使用してください。',
  'signIn.cookiesNote':
    'ご購入には影響ありません。許可した後、購入した場所からもう一度開いてください。',
} as const satisfies Translation<typeof source>;
