/** About what work will use and cost, as the kernel tells it before the work is sent. */

import { isBoolean, isNumber, isString, listOf, orNull, type Shaped, shaped } from "./wire";

const estimateShape = {
  qpu_s: isNumber,
  cost: orNull(isNumber),
  left_s: orNull(isNumber),
  left_of: orNull(isString),
  fits: isBoolean,
  remarks: listOf(isString),
};

export type Estimate = Shaped<typeof estimateShape>;

export const isEstimate = shaped(estimateShape);
