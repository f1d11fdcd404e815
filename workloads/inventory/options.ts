import { z } from 'zod';
import type { Json } from '../../harness/history/operation.js';

export const inventoryOptions = z.object({
  skus: z.coerce.number().int().min(1).max(60).default(4).describe('number of articles'),
  initialStock: z.coerce
    .number()
    .int()
    .min(0)
    .max(1_000_000_000)
    .default(100)
    .describe('pieces in stock of each article at the start'),
  maxQuantity: z.coerce.number().int().min(1).max(1_000_000).default(5).describe('most pieces in one order'),
  maxRestock: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000_000)
    .default(20)
    .describe('most pieces delivered at once; enough that articles sell out now and then, and come back'),
  regions: z.coerce.number().int().min(1).max(26).default(3).describe('regions that the clients are spread over'),
  strategy: z
    .enum(['conditional', 'for-update', 'naive'])
    .default('conditional')
    .describe(
      'conditional: stock is taken only if there is enough (kv: if nobody changed it since it was read); for-update: it is ' +
        'locked when it is read (kv: as conditional); naive: it is read, calculated and written blindly, and sold twice',
    ),
  attempts: z.coerce
    .number()
    .int()
    .min(1)
    .max(20)
    .default(3)
    .describe('kv: how often a change is tried when another one was faster; sql never tries again'),
});

export type InventoryOptions = z.infer<typeof inventoryOptions>;

export function parseInventoryOptions(options: Readonly<Record<string, Json>>): InventoryOptions {
  return inventoryOptions.parse(options);
}

export function skuName(at: number): string {
  return `sku-${at}`;
}
