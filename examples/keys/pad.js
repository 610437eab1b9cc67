/** A field under one finger that moves two sliders. The sliders beside it do the same for the keyboard. */

export class Pad {
  /**
   * @param {HTMLElement} field
   * @param {HTMLInputElement} across what moves from left to right
   * @param {HTMLInputElement} up what moves from bottom to top
   */
  constructor(field, across, up) {
    this.field = field;
    this.sliders = { across, up };
    field.addEventListener('pointerdown', (event) => {
      event.preventDefault();
      field.setPointerCapture(event.pointerId);
      this.#move(event);
    });
    field.addEventListener('pointermove', (event) => {
      if (field.hasPointerCapture(event.pointerId)) this.#move(event);
    });
    for (const slider of [across, up]) slider.addEventListener('input', () => this.#show());
    this.#show();
  }

  /** @param {PointerEvent} event */
  #move({ clientX, clientY }) {
    const { left, bottom, width, height } = this.field.getBoundingClientRect();
    set(this.sliders.across, (clientX - left) / width);
    set(this.sliders.up, (bottom - clientY) / height);
  }

  #show() {
    this.field.style.setProperty('--across', String(share(this.sliders.across)));
    this.field.style.setProperty('--up', String(share(this.sliders.up)));
  }
}

/** @param {HTMLInputElement} slider @param {number} part of its range */
function set(slider, part) {
  const [low, high] = [Number(slider.min), Number(slider.max)];
  slider.valueAsNumber = low + Math.max(0, Math.min(1, part)) * (high - low);
  slider.dispatchEvent(new Event('input', { bubbles: true }));
}

/** @param {HTMLInputElement} slider */
function share(slider) {
  const [low, high] = [Number(slider.min), Number(slider.max)];
  return (slider.valueAsNumber - low) / (high - low);
}
