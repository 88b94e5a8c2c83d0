/**
 * Encrypts the content of mails: CMS AuthEnvelopedData with AES-256-GCM (RFC 5083, RFC 5084), to
 * certificates or to a password, in the form that {@code openssl cms -decrypt} opens. The only
 * place that knows Bouncy Castle. Content flows through and is never held whole; every envelope has
 * a key of its own, and only what is derived from a password is kept, for that is what takes long.
 */
@NullMarked
package io.waybill.channel.email.cms;

import org.jspecify.annotations.NullMarked;
