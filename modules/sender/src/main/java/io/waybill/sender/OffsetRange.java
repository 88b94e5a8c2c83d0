package io.waybill.sender;

/**
 * Some offsets of a partition, one after the other.
 *
 * @param from the first of them
 * @param to the first after them
 */
record OffsetRange(long from, long to) {
  OffsetRange {
    if (from < 0 || to <= from) {
      throw new IllegalArgumentException("not a range of offsets: " + from + " to " + to);
    }
  }
}
