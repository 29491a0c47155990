import type { Translation } from '../../translation.ts';
import type { frame as source } from '../en/frame.ts';

export const frame = {
  'frame.skip': 'メイン コンテンツへ移動',
  'frame.signedIn': 'サインイン済み',
  'frame.signOut': 'サインアウト',
  'frame.notYou': '別のアカウントを使用する',
  'frame.tenant': '組織 ID',
  'frame.personalAccount': '個人の Microsoft アカウント',
  'frame.needHelp': 'お困りの場合',
  'frame.contactSupport': 'サポートに問い合わせる',
  'frame.supportCode': 'サポート コード',
  'frame.copy': 'コピー',
  'frame.copied': 'コピーしました',
  'frame.language': '言語',
  'frame.terms': '利用規約',
  'frame.privacy': 'プライバシー',
  'frame.openProduct': '{product} を開く',
} as const satisfies Translation<typeof source>;
