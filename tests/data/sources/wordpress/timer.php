<?php
// An article that was written days ago, and that the timer publishes now.
$root = getenv('WORDPRESS_ROOT');
$_SERVER['HTTP_HOST'] = '127.0.0.1';
require "$root/wp-load.php";

$post = wp_insert_post(array(
    'post_title' => 'By the timer', 'post_content' => '<p>Written days ago.</p>', 'post_author' => 1,
    'post_status' => 'future', 'post_date_gmt' => gmdate('Y-m-d H:i:s', time() + 3600),
    'post_date' => wp_date('Y-m-d H:i:s', time() + 3600),
), true);
$wpdb->update($wpdb->posts, array(
    'post_date' => wp_date('Y-m-d H:i:s'), 'post_date_gmt' => gmdate('Y-m-d H:i:s'),
    'post_modified' => '2024-01-02 10:00:00', 'post_modified_gmt' => '2024-01-02 09:00:00',
), array('ID' => $post));
clean_post_cache($post);
wp_publish_post($post);
