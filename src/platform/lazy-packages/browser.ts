/** Packages that training loads when it first needs them, in a page: parts of the bundle. */

export const packages = {
  /** 14 MB, for the few who bring a pitch network: the page says where it is. */
  onnxruntime: async (place?: string): Promise<typeof import('onnxruntime-web')> => {
    if (place === undefined) throw new Error('the page has to say where it is: `runtime`');
    return import(/* @vite-ignore */ /* webpackIgnore: true */ place);
  },
};
