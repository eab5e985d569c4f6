// Light or dark as Outlook is; where Outlook does not say, as the system is (the style sheet's own rule).
import * as outlook from './outlook/outlook.ts';

export function follow(): void {
  outlook.onTheme((background) => {
    const [r = 255, g = 255, b = 255] = (/[0-9a-f]{6}/i.exec(background)?.[0].match(/../g) ?? []).map((hex) => parseInt(hex, 16));
    document.documentElement.dataset.theme = r * 0.3 + g * 0.6 + b * 0.1 < 128 ? 'dark' : 'light';
  });
}
