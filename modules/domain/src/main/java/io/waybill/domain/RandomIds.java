package io.waybill.domain;

import java.nio.ByteBuffer;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.UUID;

/**
 * Random UUIDs (version 4, RFC 9562) that take their randomness by the page: asked for 16 bytes at
 * a time, as {@link UUID#randomUUID} does, the system's source costs more than the rest of a
 * request. Safe to share between threads.
 */
final class RandomIds {
  private static final int PAGE_BYTES = 256 * 2 * Long.BYTES;
  private static final long VERSION_MASK = 0xF000L;
  private static final long VERSION_4 = 0x4000L;
  private static final long VARIANT_MASK = 0xC000_0000_0000_0000L;
  private static final long VARIANT_RFC = 0x8000_0000_0000_0000L;

  private final SecureRandom source = source();
  private final byte[] page = new byte[PAGE_BYTES];
  private final ByteBuffer unused = ByteBuffer.wrap(page).limit(0);

  /**
   * NIST SP 800-90A: as good as the usual one, and a quarter of its time. Its seed comes from where
   * {@code securerandom.source} says, which a Linux older than 5.6 may keep waiting after it
   * booted.
   */
  private static SecureRandom source() {
    try {
      return SecureRandom.getInstance("DRBG");
    } catch (NoSuchAlgorithmException e) {
      // A JDK with other security providers; its usual one will do.
      return new SecureRandom();
    }
  }

  synchronized UUID next() {
    if (!unused.hasRemaining()) {
      source.nextBytes(page);
      unused.clear();
    }
    long high = unused.getLong();
    long low = unused.getLong();
    return new UUID((high & ~VERSION_MASK) | VERSION_4, (low & ~VARIANT_MASK) | VARIANT_RFC);
  }
}
