import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { disturb, localOptions, type Disturbance } from '../api/local.ts';
import { Button, IconButton } from '../parts/button.tsx';
import { Icon } from '../parts/icon.tsx';
import { Menu } from '../parts/menu.tsx';
import { toast } from '../parts/toasts.tsx';
import { t } from '../words/words.ts';
import './local-banner.css';

/** Above every page of the local stack: that the marketplace is emulated, and the ways to disturb it. */
export function LocalBanner({ marketplaceUrl }: { readonly marketplaceUrl: string }) {
  const client = useQueryClient();
  const { data } = useQuery(localOptions);
  const { mutate, isPending } = useMutation({
    mutationFn: (change: Disturbance) => disturb(change),
    onSuccess: (answer) => {
      client.setQueryData(localOptions.queryKey, (known) => known && { ...known, ...answer });
      // The clock may have moved, which changes everything.
      return client.invalidateQueries();
    },
    onError: () => toast({ text: t('local.failed'), tone: 'bad' }),
  });
  const faults = data?.faults ?? [];
  const mayDisturb = data?.mayDisturb ?? false;
  return (
    <section className="local-banner" aria-label={t('shell.local')}>
      <p>
        <b>{t('shell.local')}</b> <span>{t('shell.local.hint')}</span>
      </p>
      <a href={marketplaceUrl} target="_blank" rel="noreferrer">
        {t('local.storefront')} <Icon name="external" size={12} />
      </a>
      {data && mayDisturb && (
        <Menu
          label={t('local.break')}
          groups={[
            {
              entries: data.presets.map(({ name, title, text }) => ({
                id: name,
                label: title,
                detail: text,
                run: () => mutate({ begin: name }),
              })),
            },
          ]}
        >
          <Button isDisabled={isPending}>{t('local.break')}</Button>
        </Menu>
      )}
      <ul aria-live="polite" aria-label={t('local.active')}>
        {faults.map(({ which, title, text }) => (
          <li key={which} data-hint={text}>
            <Icon name="warning" size={12} /> {title}
            {mayDisturb && (
              <IconButton
                icon="close"
                label={t('local.end', { title })}
                onPress={() => mutate({ end: which })}
              />
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
