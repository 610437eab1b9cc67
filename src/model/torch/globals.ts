/**
 * The names that a pickle may hold. Those of this list become data (see reduce.ts); nothing is ever imported or
 * called. All others are refused.
 */

/** Modules whose classes a training run leaves in its checkpoint; they stay inert records. */
const INERT_MODULES = [
  'omegaconf',
  'pytorch_lightning',
  'lightning',
  'lightning_fabric',
  'torchmetrics',
  'diffsynth',
  'torch.optim',
];

const INERT = new Set([
  'collections OrderedDict',
  'collections defaultdict',
  'typing Any',
  'torch._utils _rebuild_tensor',
  'torch._utils _rebuild_tensor_v2',
  'torch._utils _rebuild_parameter',
  'torch.nn.parameter Parameter',
  'torch.jit._pickle restore_type_tag',
  'torch.jit._pickle build_tensorlist',
  'torch.jit._pickle build_intlist',
  'torch.jit._pickle build_doublelist',
  'torch.jit._pickle build_boollist',
  'torch device',
  'torch Size',
  'numpy dtype',
  'numpy ndarray',
  'numpy.core.multiarray scalar',
  'numpy._core.multiarray scalar',
  'numpy.core.multiarray _reconstruct',
  'numpy._core.multiarray _reconstruct',
  '_codecs encode',
  'pathlib PosixPath',
  'pathlib WindowsPath',
  'datetime timedelta',
]);

/** Python's own types; its functions are not among them. */
const BUILTINS = new Set(
  'bool bytes bytearray complex dict float frozenset int list long object set slice str tuple unicode'.split(
    ' ',
  ),
);

const STORAGES = /^(Float|Double|Half|BFloat16|Long|Int|Short|Char|Byte|Bool)Storage$/;
/** Classes of TorchScript: their code stays in the file. */
const SCRIPT = /^__torch__(\.|$)/;

export function isAllowed(module: string, member: string): boolean {
  if (module === 'torch' && STORAGES.test(member)) return true;
  if (module === '__builtin__' || module === 'builtins') return BUILTINS.has(member);
  if (SCRIPT.test(module)) return true;
  if (INERT.has(`${module} ${member}`)) return true;
  return INERT_MODULES.some((name) => module === name || module.startsWith(`${name}.`));
}
