/** What every task and service of a Fargate network shares. */
import type { Draw } from '../../draw.ts';
import type { WorldState } from '../../state.ts';

export const PLATFORM = '1.4.0';

export function tagList(tags: Readonly<Record<string, string>>) {
  return Object.entries(tags).map(([key, value]) => ({ key, value }));
}

export function network({ draw }: WorldState) {
  return {
    awsvpcConfiguration: {
      subnets: [subnet(draw, 0), subnet(draw, 1)],
      securityGroups: [`sg-0${draw.hex('security-group', 16)}`],
      assignPublicIp: 'DISABLED',
    },
  };
}

export function subnet(draw: Draw, zone: number): string {
  return `subnet-0${draw.hex(`subnet:${zone}`, 16)}`;
}
