/**
 * Sealing: credentials are encrypted (AES-256-GCM by Tink) where they enter Waybill, before they
 * are first published, and opened only inside a channel. Here live the keyset and its file, the
 * {@link io.waybill.secrets.Sealer}, the {@link io.waybill.secrets.Opener} and the {@link
 * io.waybill.secrets.Secret} that holds a value in memory.
 *
 * <p>Nothing here logs, and no message, {@code toString} or exception carries a byte of a secret or
 * of a key. There is no way to seal without a keyset, and no fall-back to clear text. Compiled for
 * Java 17 because the SDK needs it.
 */
@NullMarked
package io.waybill.secrets;

import org.jspecify.annotations.NullMarked;
