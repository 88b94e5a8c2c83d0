package io.waybill.domain;

/** How a task carries its payload's data. */
public sealed interface TaskPayload {

  /** Bytes of the data. */
  long size();

  /** SHA-256 of the data, 64 lower-case hexadecimal digits. */
  String sha256();

  /**
   * The data itself travels in the task.
   *
   * @param sealed whether it is {@link SealedPayload#toJson}, which only a channel opens
   */
  record Inline(RawJson data, boolean sealed) implements TaskPayload {
    /** Data in clear. */
    public Inline(RawJson data) {
      this(data, false);
    }

    @Override
    public long size() {
      return data.size();
    }

    @Override
    public String sha256() {
      return data.sha256();
    }
  }

  /**
   * Data and metadata stay in the request record, which the sender fetches: a large payload is not
   * copied once per destination.
   *
   * @param origin the request record
   * @param sha256 of the data, checked after fetching
   */
  record Reference(RecordOrigin origin, String sha256, long size) implements TaskPayload {}
}
