import type { Translation } from '../../translation.ts';
import type { confirm as source } from '../en/confirm.ts';

export const confirm = {
  'confirm.title': 'Bevestig uw aankoop',
  'confirm.titleLink': 'Koppel uw abonnement',
  'confirm.lead':
    'U hebt {product} bij Microsoft gekocht. Controleer of alles klopt. De facturering begint pas nadat u hebt bevestigd.',
  'confirm.leadLink': 'Dit abonnement is actief. Koppel het aan uw account om het te gebruiken.',
  'confirm.failedBefore':
    'De laatste activering is niet gelukt en er is niets in rekening gebracht. U kunt opnieuw bevestigen.',
  'confirm.submit': 'Bevestigen en activeren',
  'confirm.submitLink': 'Koppelen aan mijn account',
  'confirm.noteLink': 'Er verandert niets aan uw plan of de prijs ervan.',
  'confirm.note':
    'Daarna vragen we Microsoft om het abonnement te activeren. Dat duurt meestal minder dan twee minuten. Een aankoop die niemand bevestigt, wordt na 30 dagen door Microsoft geannuleerd en nooit in rekening gebracht.',
  'confirm.daysLeft':
    '{days, plural, =0 {Vandaag is de laatste dag om te bevestigen.} one {U hebt nog # dag om te bevestigen.} other {U hebt nog # dagen om te bevestigen.}}',
  'confirm.email': 'E-mailadres van de contactpersoon',
  'confirm.emailOfCustomer': 'E-mailadres van de contactpersoon van de klant',
  'confirm.emailHelp': 'Voor berichten over dit abonnement. Het is geen aanmeldingsnaam.',
  'confirm.emailProblem': 'Voer een e-mailadres in, zoals naam@example.com.',
  'confirm.forCustomer':
    'U bent aangemeld namens de partner die dit heeft gekocht. Het abonnement is bedoeld voor de organisatie van de klant en wordt van die organisatie, niet van u.',
  'confirm.customer': 'Klant:',
  'confirm.ownerUnknown':
    'Microsoft heeft ons niet laten weten voor welke organisatie deze aankoop is. We kunnen daarom niet controleren of het de uwe is.',
  'confirm.onBehalf': 'Ik stel het in namens deze klant.',
  'confirm.entitled': 'Ik ben bevoegd om het voor mijn organisatie in te stellen.',
  'confirm.tickProblem': 'Bevestig dit voordat u verdergaat.',
} as const satisfies Translation<typeof source>;
