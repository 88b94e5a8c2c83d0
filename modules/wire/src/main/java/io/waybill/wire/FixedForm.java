package io.waybill.wire;

import java.io.IOException;

/**
 * One record's Avro form as code instead of a walk over its schema: of what most of the work goes
 * through. Tests hold it to the bytes and values of the mapping that goes by the schema.
 */
interface FixedForm<D> extends FixedReader<D> {

  /** Writes the fields in the order of our schema. */
  void write(D value, Scratch out) throws IOException;
}
