package io.waybill.wire;

/** The reading half of a {@link FixedForm}. */
@FunctionalInterface
interface FixedReader<D> {
  /**
   * Reads what was written by our schema. May refuse, with any exception, what the schema allows:
   * it is then read again by the schema.
   */
  D read(AvroInput in);
}
