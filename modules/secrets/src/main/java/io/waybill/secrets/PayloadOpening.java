package io.waybill.secrets;

import io.waybill.domain.RawJson;

/** What opening a sealed payload came to. Messages hold nothing of it. */
public sealed interface PayloadOpening {

  /**
   * It is open, byte for byte as it was published. Whether data and metadata are JSON was not
   * looked at: nobody could while they were sealed.
   */
  record Opened(RawJson data, RawJson metadata) implements PayloadOpening {}

  /** The key is not here, or not yet: try again later. */
  record KeyUnavailable(String message) implements PayloadOpening {}

  /** The operator destroyed the key: nobody will ever read it again. */
  record KeyDestroyed(String message) implements PayloadOpening {}

  /**
   * It was altered, or sealed for another organization, delivery or type: no later try opens it.
   */
  record Broken(String message) implements PayloadOpening {}
}
