/**
 * Writes deliveries as objects to S3 and what speaks its protocol, one object per task under a key
 * that never changes. Amazon's SDK makes and signs the requests, with all that it would find out by
 * itself switched off: credentials, profiles, endpoints, retries, other regions. The connections
 * are made by a client of our own, which dials what the address guard judged. Messages hold our
 * words and error codes that are on a list, never a byte that the store sent.
 */
@NullMarked
package io.waybill.channel.storage;

import org.jspecify.annotations.NullMarked;
