import { describe, expect, it } from 'vitest';
import { modelCard } from '../../../src/train/run/card';
import { markdownCode, markdownLine, markdownText } from '../../../src/train/run/markdown';

describe('text in Markdown', () => {
  it.each([
    ['A | glide.', 'A | glide.'],
    ['sax_v2 (2024-05-01), CC BY 4.0', 'sax_v2 (2024-05-01), CC BY 4.0'],
    ['<img src=x onerror=alert(1)> & co', '&lt;img src=x onerror=alert(1)&gt; &amp; co'],
    ['[here](javascript:alert(1))', '\\[here\\](javascript:alert(1))'],
    ['*loud* _soft_ ~~none~~ `code`', '\\*loud\\* \\_soft\\_ \\~\\~none\\~\\~ \\`code\\`'],
    ['# no heading\n- no list\n1. nor this', '\\# no heading\n\\- no list\n1\\. nor this'],
    ['see https://example.org/a_b?x=1&y=2.', 'see https://example.org/a_b?x=1&y=2.'],
    ['https://x.org/<script>', 'https://x.org/&lt;script&gt;'],
  ])('%j', (text, expected) => {
    expect(markdownText(text)).toBe(expected);
  });

  it('fits into one line, and into code', () => {
    expect(markdownLine(' a\n\u001b[31mb\t ')).toBe('a \\[31mb');
    expect(markdownCode('a`b')).toBe('``a`b``');
  });
});

describe('a card', () => {
  it('shows what a model says of itself, and lets none of it act', () => {
    const evil = '<script>alert(1)</script>';
    const about = {
      ...{ name: `Sax\n\n${evil}`, description: `First.\n\n${evil}`, licence: evil },
      ...{ authors: [evil], credits: [`${evil} | x`], trainedOn: [evil] },
    };
    const card = modelCard({
      ...{ file: "it's.safetensors", bytes: 1000, about, parameters: 1, latencySeconds: 0.02, samples: [] },
      statistics: { f0: [100, 200, 300], loudness: [-30, -20, -10] },
      configText: `a: "${evil}"`,
    });
    const [text, code] = card.split('## Play it');
    expect(text).not.toContain('<');
    expect(text.split('\n')[0]).toBe('# Sax &lt;script&gt;alert(1)&lt;/script&gt;');
    expect(text).toMatch(/\| Credits \| &lt;script&gt;alert\(1\)&lt;\/script&gt; \\\| x \|/);
    expect(code).toContain("model: 'it\\'s.safetensors'");
    // inside a block of code it is text
    expect(code).toMatch(/```yaml\na: "<script>/);
  });
});
