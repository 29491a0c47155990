import type { Translation } from '../../translation.ts';
import type { confirm as source } from '../en/confirm.ts';

export const confirm = {
  'confirm.title': 'Bevestig uw aankoop',
  'confirm.titleLink': 'Koppel uw abonnement',
  'confirm.lead':
    'Controleer uw bestelling en bevestig deze om {product} te activeren. Er wordt niets in rekening gebracht voordat u bevestigt.',
  'confirm.leadLink':
    'Dit abonnement is al actief. Koppel het aan uw account om {product} te gebruiken.',
  'confirm.failedBefore':
    'De laatste activering is mislukt en er is niets in rekening gebracht. U kunt opnieuw bevestigen.',
  'confirm.restored':
    'Dit formulier is nog niet verzonden. Uw gegevens staan er nog: controleer ze en bevestig.',
  'confirm.submit': 'Bevestigen en activeren',
  'confirm.submitLink': 'Aan mijn account koppelen',
  'confirm.noteLink': 'Uw plan en prijs blijven hetzelfde.',
  'confirm.note': 'Daarna activeert Microsoft uw abonnement, meestal binnen twee minuten.',
  'confirm.deadline':
    'Bevestig uiterlijk op {date}. Daarna annuleert Microsoft de aankoop en wordt er niets in rekening gebracht.',
  'confirm.email': 'E-mailadres voor contact',
  'confirm.emailOfCustomer': 'E-mailadres van de klant',
  'confirm.emailHelp': 'Voor berichten over dit abonnement, niet om u aan te melden.',
  'confirm.emailProblem': 'Voer een e-mailadres in, bijvoorbeeld name@example.com.',
  'confirm.forCustomer':
    'U bent aangemeld als de partner die deze aankoop heeft gedaan. Het abonnement wordt eigendom van de organisatie van uw klant, niet van uw organisatie.',
  'confirm.customer': 'Klant:',
  'confirm.ownerUnknown':
    'Microsoft heeft ons niet laten weten voor welke organisatie deze aankoop is. Daarom kunnen we niet controleren of dat uw organisatie is.',
  'confirm.onBehalf': 'Ik stel dit in namens deze klant.',
  'confirm.entitled': 'Ik ben bevoegd om dit voor mijn organisatie in te stellen.',
  'confirm.tickProblem': 'Vink dit vakje aan om door te gaan.',
} as const satisfies Translation<typeof source>;
