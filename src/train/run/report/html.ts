/** The report as one self-contained HTML file. */

import { source } from '../../../../build/report-page';
import type { ReportData } from './data';

export function reportHtml(data: ReportData): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(data.title)}</title>
</head>
<body>
<noscript>This report needs JavaScript.</noscript>
<script type="application/json" id="data">${safeJson(data)}</script>
<script>${source.replaceAll('</script', '<\\/script')}</script>
</body>
</html>
`;
}

/** JSON that cannot close its script element. */
function safeJson(data: ReportData): string {
  return JSON.stringify(data).replaceAll('<', '\\u003c');
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
