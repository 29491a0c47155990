import type { Translation } from '../../translation.ts';
import type { people as source } from '../en/people.ts';

export const people = {
  'people.role.owner': '所有者',
  'people.role.admin': '管理者',
  'people.role.viewer': '閲覧者',
  'people.title': 'ユーザーとロール',
  'people.lead':
    '同じ組織の方がこのサブスクリプションのページを開くと、アクセスを申請できます。申請はここで承認または拒否できます。',
  'people.roles.owner': '所有者は、解約や他の所有者の追加を含むすべての操作ができます。',
  'people.roles.admin': '管理者は、プランとライセンス数を変更し、同僚にアクセスを許可できます。',
  'people.roles.viewer': '閲覧者は表示のみで、変更はできません。',
  'people.waiting': 'アクセスの申請',
  'people.waiting.none': '申請はありません。',
  'people.asked': '{date}から',
  'people.members': 'アクセス権のあるユーザー',
  'people.you': 'お客様',
  'people.nameless': '名前のないユーザー',
  'people.giveTo': '{name} のロール',
  'people.grant': '承認',
  'people.refuse': '拒否',
  'people.save': 'ロールを保存',
  'people.remove': '削除',
  'people.saved': '保存しました。',
  'people.problem.lastOwner':
    '最後の所有者を削除したり、ロールを変更したりすることはできません。先に別の所有者を追加してください。',
  'people.problem.ownerOnly': '所有者の追加と削除は、所有者だけができます。',
  'people.problem.tooMany': 'このサブスクリプションのユーザー数は上限に達しています。',
  'people.problem.unknown': 'このユーザーにはアクセス権がなく、申請もしていません。',
  'people.guests': '組織のゲストにはアクセスを許可できません。',
  'people.ask.title': 'アクセスの申請',
  'people.ask.lead':
    'お客様の組織では {product} を利用しています。お客様にはまだこのサブスクリプションへのアクセス権がありませんが、管理している方が許可できます。',
  'people.ask.shared':
    'お客様の名前とメール アドレスは、その方々と {product} の提供元に共有されます。',
  'people.ask.send': 'アクセスを申請',
  'people.ask.sent': 'アクセスを申請しました',
  'people.ask.sentText':
    'このサブスクリプションを管理している方に申請が表示されます。承認されたら、このページをもう一度開いてください。',
  'people.ask.noAnswer':
    '返答がない場合は、{product} のサポートにお問い合わせください。所有者が不在になったときは、新しい所有者を追加できます。',
  'people.ask.refused': 'アクセス権がありません',
  'people.ask.refusedText':
    '申請が拒否されたか、アクセス権が削除されました。1 日経過すると、もう一度申請できます。',
  'people.ask.full':
    '処理待ちの申請が多すぎます。サブスクリプションを管理している方に直接お問い合わせください。',
} as const satisfies Translation<typeof source>;
