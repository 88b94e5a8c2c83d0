/**
 * Sends webhooks over HTTP/1.1. Apache HttpClient does the input and output, with everything
 * switched off that could send a request twice, elsewhere, or changed: retries, redirects, cookies,
 * authentication, decompression, proxies. What is dialled is what the address guard judged. A
 * receiver decides by its status code alone; not a byte of its answer reaches a message.
 */
@NullMarked
package io.waybill.channel.webhook;

import org.jspecify.annotations.NullMarked;
