package io.waybill.channel.storage;

import io.waybill.domain.Hashing;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;

/**
 * SHA-256 as stores write it: in base64, and for an object of several parts as the SHA-256 of the
 * parts' SHA-256s, with a hyphen and their number behind it.
 */
final class Checksums {
  private Checksums() {}

  static String base64(String hex) {
    return Base64.getEncoder().encodeToString(HexFormat.of().parseHex(hex));
  }

  static String base64(byte[] hash) {
    return Base64.getEncoder().encodeToString(hash);
  }

  /** Of one part. */
  static byte[] of(byte[] data, int offset, int length) {
    MessageDigest digest = Hashing.newSha256();
    digest.update(data, offset, length);
    return digest.digest();
  }

  /** Of all the data, when it was sent in parts of this size, the last one excepted. */
  static String ofParts(byte[] data, int partSize) {
    MessageDigest whole = Hashing.newSha256();
    int parts = 0;
    for (int offset = 0; offset < data.length; offset += partSize) {
      whole.update(of(data, offset, Math.min(partSize, data.length - offset)));
      parts++;
    }
    return base64(whole.digest()) + "-" + parts;
  }

  /**
   * Whether a store's checksum is that of the data; nothing when it was cut into other parts than
   * ours, so that the checksum alone cannot tell.
   */
  static Optional<Boolean> isOf(String checksum, byte[] data, int partSize) {
    int hyphen = checksum.lastIndexOf('-');
    if (hyphen < 0) {
      return Optional.of(checksum.equals(base64(Hashing.sha256(data))));
    }
    String ours = ofParts(data, partSize);
    boolean sameParts = checksum.substring(hyphen).equals(ours.substring(ours.lastIndexOf('-')));
    return sameParts ? Optional.of(checksum.equals(ours)) : Optional.empty();
  }
}
