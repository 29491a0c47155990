import type { NamespaceExamples } from './example.ts';

export const publishers: NamespaceExamples<'publishers'> = {
  list: {
    input: {},
    output: {
      items: [
        {
          publisherId: 'contoso',
          tenantId: '4b7e0c19-82d5-4f36-a1c8-95e3d06b7f24',
          clientId: 'c06d5a83-1e9f-47b2-8a74-3f2b91e8d650',
          isDefault: true,
          credential: 'expiring',
          nextStep:
            'Create a new secret in Microsoft Entra and configure it before this one expires.',
        },
        {
          publisherId: 'fabrikam',
          tenantId: '91f2d6a7-503c-4e8b-b7d0-6c48e1a93f75',
          clientId: '7a3e9b58-d214-40c6-95ef-08b7c2d1f463',
          isDefault: false,
          credential: 'ok',
        },
      ],
    },
  },
};
