/** Of the plugin's window. It is dark wherever it is: hosts' own colours do not reach it. */

export const STYLE = `
:host {
  display: grid;
  gap: 10px;
  box-sizing: border-box;
  min-width: 280px;
  max-width: 760px;
  padding: 12px;
  border-radius: 8px;
  background: #171a23;
  color: #eceef4;
  font: 13px/1.35 system-ui, sans-serif;
  color-scheme: dark;
  text-align: start;
}
p, figure { margin: 0; }
p { color: #ffb65c; }
p:empty { display: none; }
.choice { display: flex; flex-wrap: wrap; gap: 8px 14px; align-items: center; justify-content: space-between; }
select, .open {
  box-sizing: border-box;
  max-width: 100%;
  min-height: 28px;
  padding: 4px 8px;
  border: 1px solid #747c96;
  border-radius: 6px;
  background: #212635;
  color: inherit;
  font: inherit;
  cursor: pointer;
}
.open { position: relative; border-style: dashed; }
.open input { position: absolute; inset: 0; opacity: 0; width: 100%; cursor: pointer; }
figure { position: relative; }
canvas {
  display: block;
  box-sizing: border-box;
  width: 100%;
  height: 96px;
  border: 1px solid #2d3346;
  border-radius: 6px;
  background: #0f1117;
  color: #6fd3e8;
}
figcaption {
  position: absolute;
  top: 6px;
  right: 10px;
  font-variant-numeric: tabular-nums;
  font-weight: 600;
}
.knobs { display: grid; grid-template-columns: repeat(auto-fill, minmax(76px, 1fr)); gap: 10px 6px; }
.knob {
  position: relative;
  display: grid;
  justify-items: center;
  gap: 2px;
  text-align: center;
  --at: 0;
}
.knob input {
  position: absolute;
  top: 0;
  left: 0;
  width: 100%;
  height: 44px;
  margin: 0;
  opacity: 0;
  cursor: pointer;
}
.dial {
  position: relative;
  width: 44px;
  height: 44px;
  border-radius: 50%;
  background:
    radial-gradient(circle, #212635 0 14px, transparent 14.5px),
    conic-gradient(from -135deg, #ffb65c calc(var(--at) * 270deg), #3a4158 0 270deg, transparent 0);
}
.dial::after {
  content: '';
  position: absolute;
  left: calc(50% - 1px);
  top: 9px;
  width: 2px;
  height: 10px;
  background: #eceef4;
  transform-origin: 50% 13px;
  rotate: calc(-135deg + var(--at) * 270deg);
}
output { color: #a5acc0; font-variant-numeric: tabular-nums; }
input:focus-visible + .dial, select:focus-visible, .open:focus-within { outline: 2px solid #6fd3e8; outline-offset: 2px; }
@media (forced-colors: active) {
  .dial { border: 1px solid; }
}
`;
